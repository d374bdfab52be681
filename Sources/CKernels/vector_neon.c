// NEON with the dot product: sdot takes signed bytes, which rows become by turning their highest bit.
#include "vector_simd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

static void dots(const uint8_t *rows, int32_t width, ptrdiff_t count, const int8_t *query, int32_t *out) {
    const uint8x16_t high = vdupq_n_u8(0x80);
    for (ptrdiff_t r = 0; r < count; r++) {
        const uint8_t *row = rows + r * width;
        int32x4_t sums[4];
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) sums[part] = vdupq_n_s32(0);
        for (int32_t i = 0; i < width; i += 64) {
#pragma clang loop unroll(full)
            for (int part = 0; part < 4; part++) {
                const int8x16_t x = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row + i + 16 * part), high));
                sums[part] = vdotq_s32(sums[part], x, vld1q_s8(query + i + 16 * part));
            }
        }
        out[r] = vaddvq_s32(vaddq_s32(vaddq_s32(sums[0], sums[1]), vaddq_s32(sums[2], sums[3])));
    }
}

const slmd_vector_kernels slmd_vector_neon = {"neon-dot", dots};
#pragma clang attribute pop
#endif
