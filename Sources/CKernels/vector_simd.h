// What the kernels of vector search of every instruction set share.
#ifndef SLMD_VECTOR_SIMD_H
#define SLMD_VECTOR_SIMD_H

#include "vector_kernels.h"

extern const slmd_vector_kernels slmd_vector_scalar, slmd_vector_avx2, slmd_vector_avxvnni, slmd_vector_avx512,
    slmd_vector_neon;

// What rows that are 128 too large add to their products.
static inline int32_t offset_of(const int8_t *query, int32_t width) {
    int32_t sum = 0;
    for (int32_t i = 0; i < width; i++) sum += query[i];
    return 128 * sum;
}

#endif
