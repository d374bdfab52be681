// NEON with the dot product of signed bytes.
#include "decoder_simd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#define KERNELS slmd_decoder_neon
#define KERNELS_NAME "neon-dot"
#define TILE_ROWS 4
#define SIGNED_BYTE_ROWS TILE_ROWS
#define ROWS_FOR_TWO 2

static inline __attribute__((always_inline)) f32x16 load_half(const void *from) {
    float32x4_t parts[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) parts[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)from + 4 * i)));
    f32x16 v;
    __builtin_memcpy(&v, parts, sizeof v);
    return v;
}

static inline __attribute__((always_inline)) void store_half(void *to, f32x16 v) {
    float32x4_t parts[4];
    __builtin_memcpy(parts, &v, sizeof v);
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) vst1_u16((uint16_t *)to + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(parts[i])));
}

// (4 outputs, 4 inputs) of a group, from output 4 * part on.
static inline __attribute__((always_inline)) int8x16_t numbers(const int bits, const uint8_t *quants, const int group,
                                                              const int part) {
    const uint8_t *at = quants + 16 * part;
    if (bits == 8) return vreinterpretq_s8_u8(vld1q_u8(at + 64 * group));
    uint8x16_t v = vld1q_u8(at + 64 * (group / 2));
    v = group % 2 ? vshrq_n_u8(v, 4) : vandq_u8(v, vdupq_n_u8(0x0f));
    if (bits == 5) {
        const uint8x16_t fifth = vshlq_u8(vld1q_u8(at + 256), vdupq_n_s8((int8_t)(4 - group)));
        v = vorrq_u8(v, vandq_u8(fifth, vdupq_n_u8(0x10)));
    }
    if (bits == 6) {
        const uint8x16_t two =
            vshlq_u8(vld1q_u8(at + 256 + 64 * (group / 4)), vdupq_n_s8((int8_t)(4 - 2 * (group % 4))));
        v = vorrq_u8(v, vandq_u8(two, vdupq_n_u8(0x30)));
    }
    return vreinterpretq_s8_u8(v);
}

static inline __attribute__((always_inline)) void block_sums(const int rows, const int bits, const int first,
                                                            const int last, const uint8_t *quants, const int8_t *x,
                                                            ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                            i32x16 *numbers_sum) {
    int32x4_t sum[TILE_ROWS][4], of_numbers[4];
#pragma clang loop unroll(full)
    for (int part = 0; part < 4; part++) {
        of_numbers[part] = vdupq_n_s32(0);
        for (int r = 0; r < rows; r++) sum[r][part] = vdupq_n_s32(0);
    }
#pragma clang loop unroll(full)
    for (int group = first; group < last; group++) {
        int8x16_t four[TILE_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t bytes;
            __builtin_memcpy(&bytes, x + r * stride + 4 * group, sizeof bytes);
            four[r] = vreinterpretq_s8_s32(vdupq_n_s32(bytes));
        }
#pragma clang loop unroll(full)
        for (int part = 0; part < 4; part++) {
            const int8x16_t w = numbers(bits, quants, group, part);
            if (numbers_sum) of_numbers[part] = vdotq_s32(of_numbers[part], w, vdupq_n_s8(1));
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) sum[r][part] = vdotq_s32(sum[r][part], w, four[r]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) __builtin_memcpy(&acc[r], sum[r], sizeof acc[r]);
    if (numbers_sum) __builtin_memcpy(numbers_sum, of_numbers, sizeof *numbers_sum);
}

static double multiply(int64_t steps) {
    int32x4_t sum[8];
    for (int i = 0; i < 8; i++) sum[i] = vdupq_n_s32(i);
    const int8x16_t w = vdupq_n_s8(3);
    for (int64_t step = 0; step < steps; step++)
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            sum[i] = vdotq_s32(sum[i], w, w);
            __asm__ volatile("" : "+w"(sum[i]));
        }
    return 8 * 32.0 * (double)steps;
}

#include "decoder_body.h"
#pragma clang attribute pop
#endif
