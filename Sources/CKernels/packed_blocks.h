// Where things lie in packed blocks; block_formats.h has the words. Every answer is a constant once the format is one.
#ifndef SLMD_PACKED_BLOCKS_H
#define SLMD_PACKED_BLOCKS_H

#include "block_formats.h"

#define PACKED static inline __attribute__((always_inline))

// Of a number.
PACKED int packed_bits(slmd_block_format format) {
    switch (format) {
        case SLMD_Q4_0:
        case SLMD_Q4_1:
        case SLMD_Q4_K: return 4;
        case SLMD_Q5_0:
        case SLMD_Q5_1:
        case SLMD_Q5_K: return 5;
        case SLMD_Q6_K: return 6;
        default: return 8;
    }
}

// What is taken from a number before it is scaled. The numbers of Q8_0 are signed already.
PACKED int packed_zero(slmd_block_format format) {
    return format == SLMD_Q4_0 ? 8 : format == SLMD_Q5_0 ? 16 : format == SLMD_Q6_K ? 32 : 0;
}

// Whether a minimum is added.
PACKED int packed_is_affine(slmd_block_format format) {
    return format == SLMD_Q4_1 || format == SLMD_Q5_1 || format == SLMD_Q4_K || format == SLMD_Q5_K;
}

PACKED int packed_is_super(slmd_block_format format) {
    return format == SLMD_Q4_K || format == SLMD_Q5_K || format == SLMD_Q6_K;
}

PACKED int packed_quant_bytes(slmd_block_format format) { return packed_bits(format) * 64; }

// Of a block with its scales, where there is no header.
PACKED int packed_block_bytes(slmd_block_format format) {
    if (format == SLMD_F32) return SLMD_BLOCK * SLMD_BLOCK_OUTPUTS * 4;
    return packed_quant_bytes(format) + (packed_is_affine(format) ? 64 : 32);
}

PACKED int packed_super_bytes(slmd_block_format format) {
    return SLMD_SUPER_HEADER + SLMD_SUPER * packed_quant_bytes(format);
}

// Of the blocks of a panel.
PACKED size_t packed_blocks_bytes(slmd_block_format format, int blocks) {
    if (packed_is_super(format)) return (size_t)(blocks / SLMD_SUPER) * (size_t)packed_super_bytes(format);
    return (size_t)blocks * (size_t)packed_block_bytes(format);
}

PACKED const uint8_t *packed_header(slmd_block_format format, const uint8_t *panel, int index) {
    return panel + (ptrdiff_t)(index / SLMD_SUPER) * packed_super_bytes(format);
}

PACKED const uint8_t *packed_quants(slmd_block_format format, const uint8_t *panel, int index) {
    if (!packed_is_super(format)) return panel + (ptrdiff_t)index * packed_block_bytes(format);
    return packed_header(format, panel, index) + SLMD_SUPER_HEADER + index % SLMD_SUPER * packed_quant_bytes(format);
}

#undef PACKED
#endif
