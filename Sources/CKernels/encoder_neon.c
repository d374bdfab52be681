// NEON with the dot product: sdot takes signed bytes, so activations lose 128 and each column's sum of
// weights gives it back.
#include "encoder_simd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define KERNELS slmd_encoder_neon
#define KERNELS_NAME "neon-dot"
#define BLAS_ROWS 128
#define INT8_ROWS 4
#define INT8_VECTORS 1
#define FLOAT_ROWS 5
#define FLOAT_VECTORS 1

static inline __attribute__((always_inline)) void int8_tile(const int rows, const int vectors,
                                                            const uint8_t *q, ptrdiff_t q_stride,
                                                            const int8_t *panel, ptrdiff_t group_stride,
                                                            int groups, i32x16 acc[INT8_ROWS][INT8_VECTORS]) {
    (void)vectors;  // always 1
    int32x4_t sum[INT8_ROWS][4], weights[4];
#pragma clang loop unroll(full)
    for (int c = 0; c < 4; c++) {
        weights[c] = vdupq_n_s32(0);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) sum[r][c] = vdupq_n_s32(0);
    }
    for (int g = 0; g < groups; g++) {
        const int8_t *at = panel + g * group_stride;
        int8x16_t x[INT8_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            uint32_t four;
            __builtin_memcpy(&four, q + r * q_stride + g * SLMD_GROUP, sizeof four);
            x[r] = vreinterpretq_s8_u32(vdupq_n_u32(four ^ 0x80808080u));
        }
#pragma clang loop unroll(full)
        for (int c = 0; c < 4; c++) {
            const int8x16_t w = vld1q_s8(at + 16 * c);
            weights[c] = vdotq_s32(weights[c], vdupq_n_s8(1), w);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) sum[r][c] = vdotq_s32(sum[r][c], x[r], w);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        int32x4_t whole[4];
#pragma clang loop unroll(full)
        for (int c = 0; c < 4; c++) whole[c] = vaddq_s32(sum[r][c], vshlq_n_s32(weights[c], 7));
        __builtin_memcpy(&acc[r][0], whole, sizeof whole);
    }
}

#include "encoder_body.h"
#pragma clang attribute pop
#endif
