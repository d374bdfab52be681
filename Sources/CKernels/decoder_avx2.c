// AVX2 without VNNI. Numbers of four to six bits multiply in pairs that 16 bits hold, several pairs before they widen;
// signed bytes give their sign to the activations, as vpmaddubsw takes one side unsigned, or are taken apart.
#include "decoder_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define KERNELS slmd_decoder_avx2
#define KERNELS_NAME "avx2"
#define TILE_ROWS 4
#define SIGNED_BYTE_ROWS 2
#define ROWS_FOR_TWO 2

#include "decoder_f16c.h"
#include "decoder_ymm.h"

// Groups whose pairs of products 16 bits hold: 2 * 15 * 127 * 8 < 2^15, and so on.
static inline __attribute__((always_inline)) int groups_in_16_bits(const int bits) {
    return bits == 4 ? 8 : bits == 5 ? 4 : 2;
}

static inline __attribute__((always_inline)) void add_wide(const int rows, __m256i pairs[TILE_ROWS][2], int is_first,
                                                          i32x16 acc[TILE_ROWS]) {
    const __m256i ones = _mm256_set1_epi16(1);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        __m256i wide[2] = {_mm256_madd_epi16(pairs[r][0], ones), _mm256_madd_epi16(pairs[r][1], ones)};
        i32x16 both;
        __builtin_memcpy(&both, wide, sizeof both);
        acc[r] = is_first ? both : acc[r] + both;
    }
}

// Numbers add up as bytes, which hold eight of five bits and four of six; signed bytes add up in pairs.
static inline __attribute__((always_inline)) void add_numbers(const int bits, __m256i w, __m256i *sum) {
    *sum = bits == 8 ? _mm256_add_epi16(*sum, _mm256_maddubs_epi16(_mm256_set1_epi8(1), w)) : _mm256_add_epi8(*sum, w);
}

static inline __attribute__((always_inline)) void sum_numbers(const int bits, const __m256i sum[2], i32x16 *total) {
    __m256i wide[2];
    for (int half = 0; half < 2; half++) {
        const __m256i pairs = bits == 8 ? sum[half] : _mm256_maddubs_epi16(sum[half], _mm256_set1_epi8(1));
        wide[half] = _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
    }
    __builtin_memcpy(total, wide, sizeof *total);
}

// The compiler would unpack all numbers of a block first, and have to store them: a fifth slower with several rows.
static inline __attribute__((always_inline)) void keep_in_registers(const int rows, __m256i pairs[TILE_ROWS][2]) {
    if (rows > 1)
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) __asm__ volatile("" : "+x"(pairs[r][0]), "+x"(pairs[r][1]));
}

// Bytes gain 128 and fall into two numbers below 16, whose pairs of products 16 bits hold for all groups: from three rows on
// this saves more than it costs to take the numbers apart.
static inline __attribute__((always_inline)) void byte_sums(const int rows, const uint8_t *quants, const int8_t *x,
                                                           ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                           i32x16 *numbers_sum) {
    const __m256i low_bits = _mm256_set1_epi8(0x0f), ones = _mm256_set1_epi16(1), sixteens = _mm256_set1_epi16(16);
    __m256i wide[TILE_ROWS][2], of_numbers[2];
#pragma clang loop unroll(full)
    for (int half = 0; half < 2; half++) {
        __m256i low[TILE_ROWS], high[TILE_ROWS], pairs_of_numbers = _mm256_setzero_si256();
#pragma clang loop unroll(full)
        for (int group = 0; group < 8; group++) {
            const __m256i w = _mm256_xor_si256(numbers(8, quants, group, half), _mm256_set1_epi8(-128));
            if (numbers_sum)
                pairs_of_numbers = _mm256_add_epi16(pairs_of_numbers, _mm256_maddubs_epi16(w, _mm256_set1_epi8(1)));
            const __m256i w_low = _mm256_and_si256(w, low_bits);
            const __m256i w_high = _mm256_and_si256(_mm256_srli_epi16(w, 4), low_bits);
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const __m256i four = four_bytes(x + r * stride + 4 * group);
                const __m256i pair = _mm256_maddubs_epi16(w_low, four), high_pair = _mm256_maddubs_epi16(w_high, four);
                low[r] = group == 0 ? pair : _mm256_add_epi16(low[r], pair);
                high[r] = group == 0 ? high_pair : _mm256_add_epi16(high[r], high_pair);
            }
            if (rows > 1)
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) __asm__ volatile("" : "+x"(low[r]), "+x"(high[r]));
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            wide[r][half] = _mm256_add_epi32(_mm256_madd_epi16(low[r], ones), _mm256_madd_epi16(high[r], sixteens));
        of_numbers[half] = _mm256_madd_epi16(pairs_of_numbers, ones);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) __builtin_memcpy(&acc[r], wide[r], sizeof acc[r]);
    if (numbers_sum) __builtin_memcpy(numbers_sum, of_numbers, sizeof *numbers_sum);
}

static inline __attribute__((always_inline)) void block_sums(const int rows, const int bits, const int first,
                                                            const int last, const uint8_t *quants, const int8_t *x,
                                                            ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                            i32x16 *numbers_sum) {
    if (bits == 8 && rows > SIGNED_BYTE_ROWS) {
        byte_sums(rows, quants, x, stride, acc, numbers_sum);
        return;
    }
    const int step = groups_in_16_bits(bits);
    __m256i pairs[TILE_ROWS][2], of_numbers[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
#pragma clang loop unroll(full)
    for (int group = first; group < last; group++) {
        const __m256i w[2] = {numbers(bits, quants, group, 0), numbers(bits, quants, group, 1)};
        for (int half = 0; numbers_sum && half < 2; half++) add_numbers(bits, w[half], &of_numbers[half]);
        if (bits == 8) {
            const __m256i ones = _mm256_set1_epi16(1);
            const __m256i magnitudes[2] = {_mm256_abs_epi8(w[0]), _mm256_abs_epi8(w[1])};
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                const __m256i four = four_bytes(x + r * stride + 4 * group);
                __m256i wide[2];
#pragma clang loop unroll(full)
                for (int half = 0; half < 2; half++) {
                    const __m256i pair = _mm256_maddubs_epi16(magnitudes[half], _mm256_sign_epi8(four, w[half]));
                    wide[half] = _mm256_madd_epi16(pair, ones);
                }
                i32x16 both;
                __builtin_memcpy(&both, wide, sizeof both);
                acc[r] = group == first ? both : acc[r] + both;
            }
            continue;
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const __m256i four = four_bytes(x + r * stride + 4 * group);
#pragma clang loop unroll(full)
            for (int half = 0; half < 2; half++) {
                const __m256i pair = _mm256_maddubs_epi16(w[half], four);
                pairs[r][half] = (group - first) % step == 0 ? pair : _mm256_add_epi16(pairs[r][half], pair);
            }
        }
        keep_in_registers(rows, pairs);
        if ((group - first) % step == step - 1 || group + 1 == last) add_wide(rows, pairs, group - first < step, acc);
    }
    if (numbers_sum) sum_numbers(bits, of_numbers, numbers_sum);
}

static double multiply(int64_t steps) {
    __m256i sum[8];
    for (int i = 0; i < 8; i++) sum[i] = _mm256_set1_epi8((char)i);
    const __m256i w = _mm256_set1_epi8(3);
    for (int64_t step = 0; step < steps; step++)
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            __m256i pair = _mm256_maddubs_epi16(w, w);
            __asm__ volatile("" : "+x"(pair));
            sum[i] = _mm256_add_epi16(sum[i], pair);
            __asm__ volatile("" : "+x"(sum[i]));
        }
    return 8 * 64.0 * (double)steps;
}

#include "decoder_body.h"
#pragma clang attribute pop
#endif
