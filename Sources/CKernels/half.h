// Half precision by hand, for processors without instructions for it; the same bits as theirs.
#ifndef SLMD_HALF_H
#define SLMD_HALF_H

#include <stdint.h>

static inline float slmd_float_of_bits(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint32_t slmd_bits_of_float(float x) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float slmd_half_to_float(uint16_t half) {
    const uint32_t magnitude = (half & 0x7fffu) << 13;
    uint32_t bits = slmd_bits_of_float(slmd_float_of_bits(magnitude) * 0x1p112f);
    if ((half & 0x7c00) == 0x7c00) bits = magnitude | 0x7f800000u;  // no number, or infinite
    return slmd_float_of_bits(bits | (half & 0x8000u) << 16);
}

// Nearest, ties to even.
static inline uint16_t slmd_float_to_half(float x) {
    const uint32_t bits = slmd_bits_of_float(x), magnitude = bits & 0x7fffffffu;
    uint32_t half;
    if (magnitude >= 0x47800000u) {
        half = magnitude > 0x7f800000u ? 0x7e00 : 0x7c00;
    } else if (magnitude < 0x38800000u) {  // a step of 2^-24 is what an addition to 1/2 leaves
        half = slmd_bits_of_float(slmd_float_of_bits(magnitude) + 0.5f) - 0x3f000000u;
    } else {
        half = (magnitude - 0x38000000u + 0xfff + (magnitude >> 13 & 1)) >> 13;
    }
    return (uint16_t)(half | (bits >> 16 & 0x8000u));
}

#endif
