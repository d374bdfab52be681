// Half precision by the instructions of x86. Part of the kernels that have them.

static inline __attribute__((always_inline)) f32x16 load_half(const void *from) {
    const __m256 halves[2] = {_mm256_cvtph_ps(_mm_loadu_si128(from)),
                              _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)from + 1))};
    f32x16 v;
    __builtin_memcpy(&v, halves, sizeof v);
    return v;
}

static inline __attribute__((always_inline)) void store_half(void *to, f32x16 v) {
    __m256 halves[2];
    __builtin_memcpy(halves, &v, sizeof v);
    _mm_storeu_si128(to, _mm256_cvtps_ph(halves[0], _MM_FROUND_TO_NEAREST_INT));
    _mm_storeu_si128((__m128i *)to + 1, _mm256_cvtps_ph(halves[1], _MM_FROUND_TO_NEAREST_INT));
}
