// What the encoder's kernels of every instruction set share.
#ifndef SLMD_ENCODER_SIMD_H
#define SLMD_ENCODER_SIMD_H

#include "encoder_kernels.h"
#include "vectors.h"

extern const slmd_encoder_kernels slmd_encoder_scalar, slmd_encoder_avx2, slmd_encoder_avxvnni,
    slmd_encoder_avx512, slmd_encoder_neon;

#endif
