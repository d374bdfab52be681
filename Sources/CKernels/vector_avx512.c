// AVX-512 with VNNI: four rows at a time, so that their sums do not wait for each other.
#include "vector_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,avx2"))), apply_to = function)

enum { TILE = 4 };

static inline __attribute__((always_inline)) int32_t sum_lanes(__m512i v) {
    const __m256i quarter = _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(quarter), _mm256_extracti128_si256(quarter, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1));
    return _mm_cvtsi128_si32(half);
}

static inline __attribute__((always_inline)) void tile(const int rows, const uint8_t *row, int32_t width,
                                                       const int8_t *query, int32_t offset, int32_t *out) {
    __m512i sums[TILE];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sums[r] = _mm512_setzero_si512();
    for (int32_t i = 0; i < width; i += 64) {
        const __m512i q = _mm512_loadu_si512(query + i);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            sums[r] = _mm512_dpbusd_epi32(sums[r], _mm512_loadu_si512(row + (ptrdiff_t)r * width + i), q);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) out[r] = sum_lanes(sums[r]) - offset;
}

static void dots(const uint8_t *rows, int32_t width, ptrdiff_t count, const int8_t *query, int32_t *out) {
    const int32_t offset = offset_of(query, width);
    ptrdiff_t r = 0;
    for (; r + TILE <= count; r += TILE) tile(TILE, rows + r * width, width, query, offset, out + r);
    for (; r < count; r++) tile(1, rows + r * width, width, query, offset, out + r);
}

const slmd_vector_kernels slmd_vector_avx512 = {"avx512-vnni", dots};
#pragma clang attribute pop
#endif
