// AVX2 with 256-bit VNNI, the client processors' form.
#include "encoder_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)

#define KERNELS slmd_encoder_avxvnni
#define KERNELS_NAME "avx-vnni"
#define BLAS_ROWS 128
#define INT8_ROWS 5
#define INT8_VECTORS 1
#define FLOAT_ROWS 5
#define FLOAT_VECTORS 1

static inline __attribute__((always_inline)) void int8_tile(const int rows, const int vectors,
                                                            const uint8_t *q, ptrdiff_t q_stride,
                                                            const int8_t *panel, ptrdiff_t group_stride,
                                                            int groups, i32x16 acc[INT8_ROWS][INT8_VECTORS]) {
    (void)vectors;  // always 1
    __m256i sum[INT8_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    for (int g = 0; g < groups; g++) {
        const int8_t *at = panel + g * group_stride;
        const __m256i w0 = _mm256_loadu_si256((const __m256i *)at);
        const __m256i w1 = _mm256_loadu_si256((const __m256i *)(at + 32));
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            int32_t four;
            __builtin_memcpy(&four, q + r * q_stride + g * SLMD_GROUP, sizeof four);
            const __m256i x = _mm256_set1_epi32(four);
            sum[r][0] = _mm256_dpbusd_avx_epi32(sum[r][0], x, w0);
            sum[r][1] = _mm256_dpbusd_avx_epi32(sum[r][1], x, w1);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) __builtin_memcpy(&acc[r][0], sum[r], sizeof sum[r]);
}

#include "encoder_body.h"
#pragma clang attribute pop
#endif
