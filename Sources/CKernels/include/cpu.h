#ifndef SLMD_CPU_H
#define SLMD_CPU_H

#include <stdint.h>

/// What this processor offers beyond the baseline of its architecture.
enum {
    SLMD_CPU_AVX2 = 1 << 0,         ///< AVX2 with FMA
    SLMD_CPU_AVX_VNNI = 1 << 1,     ///< 256-bit vpdpbusd
    SLMD_CPU_AVX512_VNNI = 1 << 2,  ///< AVX-512 F, BW, VL, DQ and 512-bit vpdpbusd
    SLMD_CPU_NEON_DOT = 1 << 3,     ///< sdot
    SLMD_CPU_F16C = 1 << 4,         ///< AVX2 and conversions of half precision
};

/// The SLMD_CPU_* bits of the processor and of the system under it. Detected once; cheap afterwards.
uint32_t slmd_cpu_features(void);

#endif
