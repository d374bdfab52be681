// Numbers of packed blocks in registers of 256 bits. Part of the kernels that have no wider ones.

// (8 outputs, 4 inputs) of a group: outputs 0 ..< 8, or 8 ..< 16 for half 1. Unsigned, but for 8 bits.
static inline __attribute__((always_inline)) __m256i numbers(const int bits, const uint8_t *quants, const int group,
                                                            const int half) {
    const uint8_t *at = quants + 32 * half;
    if (bits == 8) return _mm256_loadu_si256((const __m256i *)(at + 64 * group));
    __m256i v = _mm256_loadu_si256((const __m256i *)(at + 64 * (group / 2)));
    if (group % 2) v = _mm256_srli_epi16(v, 4);
    v = _mm256_and_si256(v, _mm256_set1_epi8(0x0f));
    if (bits == 5) {
        __m256i fifth = _mm256_loadu_si256((const __m256i *)(at + 256));
        fifth = group < 4 ? _mm256_slli_epi16(fifth, 4 - group) : _mm256_srli_epi16(fifth, group - 4);
        v = _mm256_or_si256(v, _mm256_and_si256(fifth, _mm256_set1_epi8(0x10)));
    }
    if (bits == 6) {
        __m256i two = _mm256_loadu_si256((const __m256i *)(at + 256 + 64 * (group / 4)));
        const int left = 4 - 2 * (group % 4);
        two = left >= 0 ? _mm256_slli_epi16(two, left) : _mm256_srli_epi16(two, -left);
        v = _mm256_or_si256(v, _mm256_and_si256(two, _mm256_set1_epi8(0x30)));
    }
    return v;
}

static inline __attribute__((always_inline)) __m256i four_bytes(const int8_t *x) {
    int32_t four;
    __builtin_memcpy(&four, x, sizeof four);
    return _mm256_set1_epi32(four);
}
