#include "cpu.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>

// Asked by hand: older compiler run-times lack a name for it.
static int has_avx_vnni(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 4));
}

static uint32_t detect(void) {
    uint32_t found = 0;
    // __builtin_cpu_supports also asks whether the system saves the wide registers.
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        found |= SLMD_CPU_AVX2;
        if (has_avx_vnni()) found |= SLMD_CPU_AVX_VNNI;
    }
    if ((found & SLMD_CPU_AVX2) && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni")) {
        found |= SLMD_CPU_AVX512_VNNI;
    }
    if ((found & SLMD_CPU_AVX2) && __builtin_cpu_supports("f16c")) found |= SLMD_CPU_F16C;
    return found;
}
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static uint32_t detect(void) {
    const unsigned long asimd_dot_product = 1ul << 20;  // HWCAP_ASIMDDP
    return (getauxval(AT_HWCAP) & asimd_dot_product) ? SLMD_CPU_NEON_DOT : 0;
}
#else
static uint32_t detect(void) { return 0; }
#endif

uint32_t slmd_cpu_features(void) {
    static const uint32_t known = 1u << 31;
    static _Atomic uint32_t cached;
    uint32_t features = atomic_load_explicit(&cached, memory_order_relaxed);
    if (!(features & known)) {
        features = detect() | known;  // two threads may both ask; they get the same answer
        atomic_store_explicit(&cached, features, memory_order_relaxed);
    }
    return features & ~known;
}
