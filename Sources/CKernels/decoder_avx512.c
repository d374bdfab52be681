// AVX-512 with VNNI. Signed bytes gain 128, which the totals of the activations give back.
#include "decoder_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                              \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c"))), apply_to = function)

#define KERNELS slmd_decoder_avx512
#define KERNELS_NAME "avx512-vnni"
#define TILE_ROWS 8
#define SIGNED_BYTE_ROWS 0
#define ROWS_FOR_TWO 8

static inline __attribute__((always_inline)) f32x16 load_half(const void *from) {
    return (f32x16)_mm512_cvtph_ps(_mm256_loadu_si256(from));
}

static inline __attribute__((always_inline)) void store_half(void *to, f32x16 v) {
    _mm256_storeu_si256(to, _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
}

// (16 outputs, 4 inputs) of a group, unsigned.
static inline __attribute__((always_inline)) __m512i numbers(const int bits, const uint8_t *quants, const int group) {
    if (bits == 8) return _mm512_xor_si512(_mm512_loadu_si512(quants + 64 * group), _mm512_set1_epi8(-128));
    __m512i v = _mm512_loadu_si512(quants + 64 * (group / 2));
    if (group % 2) v = _mm512_srli_epi16(v, 4);
    v = _mm512_and_si512(v, _mm512_set1_epi8(0x0f));
    if (bits == 5) {
        __m512i fifth = _mm512_loadu_si512(quants + 256);
        fifth = group < 4 ? _mm512_slli_epi16(fifth, 4 - group) : _mm512_srli_epi16(fifth, group - 4);
        v = _mm512_or_si512(v, _mm512_and_si512(fifth, _mm512_set1_epi8(0x10)));
    }
    if (bits == 6) {
        __m512i two = _mm512_loadu_si512(quants + 256 + 64 * (group / 4));
        const int left = 4 - 2 * (group % 4);
        two = left >= 0 ? _mm512_slli_epi16(two, left) : _mm512_srli_epi16(two, -left);
        v = _mm512_or_si512(v, _mm512_and_si512(two, _mm512_set1_epi8(0x30)));
    }
    return v;
}

static inline __attribute__((always_inline)) void block_sums(const int rows, const int bits, const int first,
                                                            const int last, const uint8_t *quants, const int8_t *x,
                                                            ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                            i32x16 *numbers_sum) {
    __m512i sum[TILE_ROWS], of_numbers = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r] = _mm512_setzero_si512();
#pragma clang loop unroll(full)
    for (int group = first; group < last; group++) {
        const __m512i w = numbers(bits, quants, group);
        if (numbers_sum) of_numbers = _mm512_dpbusd_epi32(of_numbers, w, _mm512_set1_epi8(1));
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t four;
            __builtin_memcpy(&four, x + r * stride + 4 * group, sizeof four);
            sum[r] = _mm512_dpbusd_epi32(sum[r], w, _mm512_set1_epi32(four));
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) acc[r] = (i32x16)sum[r];
    if (numbers_sum) *numbers_sum = (i32x16)of_numbers;
}

static double multiply(int64_t steps) {
    __m512i sum[8];
    for (int i = 0; i < 8; i++) sum[i] = _mm512_set1_epi8((char)i);
    const __m512i w = _mm512_set1_epi8(3);
    for (int64_t step = 0; step < steps; step++)
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            sum[i] = _mm512_dpbusd_epi32(sum[i], w, w);
            __asm__ volatile("" : "+v"(sum[i]));
        }
    return 8 * 128.0 * (double)steps;
}

#include "decoder_body.h"
#pragma clang attribute pop
#endif
