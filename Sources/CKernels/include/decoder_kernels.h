#ifndef SLMD_DECODER_KERNELS_H
#define SLMD_DECODER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "block_formats.h"

// The arithmetic of a decoder. Every variant computes the same numbers bit for bit: integer sums are exact, and floating
// point runs in one order over 16 lanes with explicit fused multiply-adds, whatever the width of the registers. A row's
// numbers depend on that row alone.

/// What a block of 32 activations stands for: scale times its bytes.
typedef struct {
    float scale;
    float sum;          ///< scale times the sum of the bytes
    int16_t totals[2];  ///< of the first 16 bytes, of the last 16
} slmd_block_scale;

/// Rows that products read: bytes in blocks with scales, or floats where `bytes` is null. Widths are multiples of 32.
typedef struct {
    int32_t width;
    int8_t *bytes;             ///< (rows, width), from -127 to 127
    slmd_block_scale *scales;  ///< (rows, width / 32)
    float *floats;             ///< (rows, width)
} slmd_activations;

/// Weights of one product, packed as block_formats.h says.
typedef struct {
    slmd_block_format format;
    int32_t inputs;         ///< a multiple of 32
    const uint8_t *panels;  ///< 64-byte aligned
    const float *bias;      ///< 16 for each panel, or null
} slmd_block_weights;

/// One set of kernels; all pointers are set.
typedef struct {
    const char *name;
    /// Rows of x, columns first ..< last (multiples of 32), to the same columns of rows of `to`.
    void (*quantise)(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t first, int32_t last,
                     const slmd_activations *to, int32_t to_row);
    /// out (rows, 16 for each panel) = x Wᵀ + bias for panels first ..< last, or out += x Wᵀ + bias where `adds`; out starts
    /// at panel 0. Activations in bytes multiply exactly, floats multiply the weights' exact values.
    void (*product)(const slmd_block_weights *w, const slmd_activations *x, int32_t row, int32_t rows, int32_t first,
                    int32_t last, int32_t adds, float *out, ptrdiff_t out_stride);
} slmd_decoder_kernels;

/// The fastest kernels this processor runs. Never null.
const slmd_decoder_kernels *slmd_decoder_kernels_best(void);

/// Every set this processor runs, the scalar reference first; null at and after the end.
const slmd_decoder_kernels *slmd_decoder_kernels_at(int32_t index);

#endif
