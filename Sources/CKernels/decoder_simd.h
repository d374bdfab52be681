// What the decoder's kernels of every instruction set share.
#ifndef SLMD_DECODER_SIMD_H
#define SLMD_DECODER_SIMD_H

#include "decoder_kernels.h"
#include "packed_blocks.h"
#include "vectors.h"

extern const slmd_decoder_kernels slmd_decoder_scalar, slmd_decoder_avx2, slmd_decoder_avxvnni, slmd_decoder_avx512,
    slmd_decoder_neon;

#endif
