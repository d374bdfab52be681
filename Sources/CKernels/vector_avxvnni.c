// AVX2 with 256-bit VNNI, the client processors' form.
#include "vector_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,avxvnni"))), apply_to = function)

static inline __attribute__((always_inline)) int32_t sum_lanes(__m256i v) {
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return _mm_cvtsi128_si32(half);
}

static void dots(const uint8_t *rows, int32_t width, ptrdiff_t count, const int8_t *query, int32_t *out) {
    const int32_t offset = offset_of(query, width);
    for (ptrdiff_t r = 0; r < count; r++) {
        const uint8_t *row = rows + r * width;
        __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
        for (int32_t i = 0; i < width; i += 64) {
#pragma clang loop unroll(full)
            for (int half = 0; half < 2; half++) {
                const int32_t at = i + 32 * half;
                const __m256i x = _mm256_loadu_si256((const __m256i *)(row + at));
                const __m256i q = _mm256_loadu_si256((const __m256i *)(query + at));
                sums[half] = _mm256_dpbusd_avx_epi32(sums[half], x, q);
            }
        }
        out[r] = sum_lanes(_mm256_add_epi32(sums[0], sums[1])) - offset;
    }
}

const slmd_vector_kernels slmd_vector_avxvnni = {"avx-vnni", dots};
#pragma clang attribute pop
#endif
