#ifndef SLMD_VECTOR_KERNELS_H
#define SLMD_VECTOR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The arithmetic of vector search: sums of products of bytes, which every variant computes exactly.

/// Widths are multiples of it.
enum { SLMD_VECTOR_STEP = 64 };

/// One set of kernels; all pointers are set.
typedef struct {
    const char *name;
    /// out[r] = sum over i of (rows[r * width + i] - 128) * query[i], for r from 0 to below `count`.
    void (*dots)(const uint8_t *rows, int32_t width, ptrdiff_t count, const int8_t *query, int32_t *out);
} slmd_vector_kernels;

/// The fastest kernels this processor runs. Never null.
const slmd_vector_kernels *slmd_vector_kernels_best(void);

/// Every set this processor runs, the scalar reference first; null at and after the end.
const slmd_vector_kernels *slmd_vector_kernels_at(int32_t index);

#endif
