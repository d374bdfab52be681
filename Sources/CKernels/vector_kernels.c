// The scalar reference, and the set that is chosen once.
#include "cpu.h"
#include "vector_simd.h"

static void dots(const uint8_t *rows, int32_t width, ptrdiff_t count, const int8_t *query, int32_t *out) {
    for (ptrdiff_t r = 0; r < count; r++) {
        int32_t sum = 0;
        for (int32_t i = 0; i < width; i++) sum += ((int32_t)rows[r * width + i] - 128) * query[i];
        out[r] = sum;
    }
}

const slmd_vector_kernels slmd_vector_scalar = {"scalar", dots};

static int runnable(const slmd_vector_kernels *found[8]) {
    int count = 0;
    const uint32_t features = slmd_cpu_features();
    found[count++] = &slmd_vector_scalar;
#if defined(__x86_64__)
    if (features & SLMD_CPU_AVX2) found[count++] = &slmd_vector_avx2;
    if (features & SLMD_CPU_AVX_VNNI) found[count++] = &slmd_vector_avxvnni;
    if (features & SLMD_CPU_AVX512_VNNI) found[count++] = &slmd_vector_avx512;
#elif defined(__aarch64__)
    if (features & SLMD_CPU_NEON_DOT) found[count++] = &slmd_vector_neon;
#endif
    return count;
}

const slmd_vector_kernels *slmd_vector_kernels_at(int32_t index) {
    const slmd_vector_kernels *found[8];
    const int count = runnable(found);
    return index >= 0 && index < count ? found[index] : 0;
}

const slmd_vector_kernels *slmd_vector_kernels_best(void) {
    const slmd_vector_kernels *found[8];
    return found[runnable(found) - 1];
}
