// The instructions of x86 in plain C, under their own names.
#include <emmintrin.h>

// The compiler has a type of this name, which is another one there.
#define __m128bh slmd_emulated_m128bh
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#define _mm256_dpbusd_avx_epi32(sum, a, b) simde_mm256_dpbusd_epi32(sum, a, b)

// Conversions of 16 numbers, which it lacks, by those of eight.
static inline __m512 slmd_emulated_cvtph_ps(__m256i halves) {
    __m128i in[2];
    __m256 out[2];
    __m512 v;
    __builtin_memcpy(in, &halves, sizeof in);
    for (int i = 0; i < 2; i++) out[i] = simde_mm256_cvtph_ps(in[i]);
    __builtin_memcpy(&v, out, sizeof v);
    return v;
}

static inline __m256i slmd_emulated_cvtps_ph(__m512 v) {
    __m256 in[2];
    __m128i out[2];
    __m256i halves;
    __builtin_memcpy(in, &v, sizeof in);
    for (int i = 0; i < 2; i++) out[i] = simde_mm256_cvtps_ph(in[i], 0);
    __builtin_memcpy(&halves, out, sizeof halves);
    return halves;
}

#undef _mm512_cvtph_ps
#undef _mm512_cvtps_ph
#define _mm512_cvtph_ps(halves) slmd_emulated_cvtph_ps(halves)
#define _mm512_cvtps_ph(v, rounding) slmd_emulated_cvtps_ph(v)

// Shifts by counts that only the compiler's optimiser knows.
typedef uint16_t slmd_emulated_u16x32 __attribute__((vector_size(64)));
static inline __m512i slmd_emulated_shift(__m512i v, int left) {
    slmd_emulated_u16x32 words;
    __builtin_memcpy(&words, &v, sizeof words);
    words = left >= 0 ? words << (uint16_t)left : words >> (uint16_t)-left;
    __builtin_memcpy(&v, &words, sizeof v);
    return v;
}

#undef _mm512_slli_epi16
#undef _mm512_srli_epi16
#define _mm512_slli_epi16(v, count) slmd_emulated_shift(v, count)
#define _mm512_srli_epi16(v, count) slmd_emulated_shift(v, -(count))
