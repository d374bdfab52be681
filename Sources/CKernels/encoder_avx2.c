// AVX2 without VNNI: bytes widen to 16 bits, because vpmaddubsw saturates and would lose exactness.
#include "encoder_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define KERNELS slmd_encoder_avx2
#define KERNELS_NAME "avx2"
// Measured: 79 GFLOP/s here and 96 there at 128 rows, 39 and 43 at 16.
#define BLAS_ROWS 128
#define INT8_ROWS 3
#define INT8_VECTORS 1
#define FLOAT_ROWS 5
#define FLOAT_VECTORS 1

// A register holds four columns as pairs of partial sums (columns 0 0 1 1 2 2 3 3), joined at the end.
static inline __attribute__((always_inline)) void int8_tile(const int rows, const int vectors,
                                                            const uint8_t *q, ptrdiff_t q_stride,
                                                            const int8_t *panel, ptrdiff_t group_stride,
                                                            int groups, i32x16 acc[INT8_ROWS][INT8_VECTORS]) {
    (void)vectors;  // always 1
    __m256i sum[INT8_ROWS][4];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int c = 0; c < 4; c++) sum[r][c] = _mm256_setzero_si256();
    for (int g = 0; g < groups; g++) {
        const int8_t *at = panel + g * group_stride;
        __m256i x[INT8_ROWS];
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t four;
            __builtin_memcpy(&four, q + r * q_stride + g * SLMD_GROUP, sizeof four);
            x[r] = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
        }
#pragma clang loop unroll(full)
        for (int c = 0; c < 4; c++) {
            const __m256i w = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(at + 16 * c)));
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++)
                sum[r][c] = _mm256_add_epi32(sum[r][c], _mm256_madd_epi16(x[r], w));
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        __m256i halves[2];
#pragma clang loop unroll(full)
        for (int h = 0; h < 2; h++) {
            const __m256i joined = _mm256_hadd_epi32(sum[r][2 * h], sum[r][2 * h + 1]);
            halves[h] = _mm256_permute4x64_epi64(joined, 0xd8);
        }
        __builtin_memcpy(&acc[r][0], halves, sizeof halves);
    }
}

#include "encoder_body.h"
#pragma clang attribute pop
#endif
