// AVX2 with 256-bit VNNI, the client processors' form. Signed bytes gain 128, which the totals of the activations give back.
#include "decoder_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avxvnni"))), apply_to = function)

#define KERNELS slmd_decoder_avxvnni
#define KERNELS_NAME "avx-vnni"
#define TILE_ROWS 4
#define SIGNED_BYTE_ROWS 0
#define ROWS_FOR_TWO 2

#include "decoder_f16c.h"
#include "decoder_ymm.h"

static inline __attribute__((always_inline)) void block_sums(const int rows, const int bits, const int first,
                                                            const int last, const uint8_t *quants, const int8_t *x,
                                                            ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                            i32x16 *numbers_sum) {
    __m256i sum[TILE_ROWS][2], of_numbers[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
#pragma clang loop unroll(full)
    for (int group = first; group < last; group++) {
        __m256i w[2] = {numbers(bits, quants, group, 0), numbers(bits, quants, group, 1)};
        if (bits == 8)
            for (int half = 0; half < 2; half++) w[half] = _mm256_xor_si256(w[half], _mm256_set1_epi8(-128));
        for (int half = 0; numbers_sum && half < 2; half++)
            of_numbers[half] = _mm256_dpbusd_avx_epi32(of_numbers[half], w[half], _mm256_set1_epi8(1));
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const __m256i four = four_bytes(x + r * stride + 4 * group);
            sum[r][0] = _mm256_dpbusd_avx_epi32(sum[r][0], w[0], four);
            sum[r][1] = _mm256_dpbusd_avx_epi32(sum[r][1], w[1], four);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) __builtin_memcpy(&acc[r], sum[r], sizeof acc[r]);
    if (numbers_sum) __builtin_memcpy(numbers_sum, of_numbers, sizeof *numbers_sum);
}

static double multiply(int64_t steps) {
    __m256i sum[8];
    for (int i = 0; i < 8; i++) sum[i] = _mm256_set1_epi8((char)i);
    const __m256i w = _mm256_set1_epi8(3);
    for (int64_t step = 0; step < steps; step++)
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            sum[i] = _mm256_dpbusd_avx_epi32(sum[i], w, w);
            __asm__ volatile("" : "+x"(sum[i]));
        }
    return 8 * 64.0 * (double)steps;
}

#include "decoder_body.h"
#pragma clang attribute pop
#endif
