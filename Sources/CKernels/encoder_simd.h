// Types shared by the kernels of every instruction set.
#ifndef SLMD_ENCODER_SIMD_H
#define SLMD_ENCODER_SIMD_H

#include "encoder_kernels.h"

// 16 lanes whatever the machine: one register of AVX-512, two of AVX2, four of NEON.
typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef int8_t s8x16 __attribute__((vector_size(16)));

extern const slmd_encoder_kernels slmd_encoder_scalar, slmd_encoder_avx2, slmd_encoder_avxvnni,
    slmd_encoder_avx512, slmd_encoder_neon;

#endif
