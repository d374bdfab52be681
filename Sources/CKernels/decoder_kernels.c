// Which set of kernels is chosen.
#include "decoder_kernels.h"

#include "cpu.h"
#include "decoder_simd.h"

static int runnable(const slmd_decoder_kernels *found[8]) {
    int count = 0;
    const uint32_t features = slmd_cpu_features();
    found[count++] = &slmd_decoder_scalar;
#if defined(__x86_64__)
    if (!(features & SLMD_CPU_F16C)) return count;
    if (features & SLMD_CPU_AVX2) found[count++] = &slmd_decoder_avx2;
    if (features & SLMD_CPU_AVX_VNNI) found[count++] = &slmd_decoder_avxvnni;
    if (features & SLMD_CPU_AVX512_VNNI) found[count++] = &slmd_decoder_avx512;
#elif defined(__aarch64__)
    if (features & SLMD_CPU_NEON_DOT) found[count++] = &slmd_decoder_neon;
#endif
    return count;
}

const slmd_decoder_kernels *slmd_decoder_kernels_at(int32_t index) {
    const slmd_decoder_kernels *found[8];
    const int count = runnable(found);
    return index >= 0 && index < count ? found[index] : 0;
}

const slmd_decoder_kernels *slmd_decoder_kernels_best(void) {
    const slmd_decoder_kernels *found[8];
    return found[runnable(found) - 1];
}

size_t slmd_paged_attention_scratch(int32_t head_width) {
    return 8 * (2 * (size_t)head_width + SLMD_PAGE);
}
