#include "block_formats.h"

#include <math.h>
#include <string.h>

#include "half.h"
#include "packed_blocks.h"

#pragma STDC FP_CONTRACT OFF

typedef struct {
    int32_t count, bytes;
} block_size;

static block_size size_of(slmd_block_format format) {
    switch (format) {
        case SLMD_F32: return (block_size){1, 4};
        case SLMD_F16:
        case SLMD_BF16: return (block_size){1, 2};
        case SLMD_Q4_0: return (block_size){32, 2 + 16};
        case SLMD_Q4_1: return (block_size){32, 2 + 2 + 16};
        case SLMD_Q5_0: return (block_size){32, 2 + 4 + 16};
        case SLMD_Q5_1: return (block_size){32, 2 + 2 + 4 + 16};
        case SLMD_Q8_0: return (block_size){32, 2 + 32};
        case SLMD_Q4_K: return (block_size){256, 2 + 2 + 12 + 128};
        case SLMD_Q5_K: return (block_size){256, 2 + 2 + 12 + 32 + 128};
        case SLMD_Q6_K: return (block_size){256, 128 + 64 + 16 + 2};
    }
    return (block_size){0, 0};
}

int32_t slmd_block_count(slmd_block_format format) { return size_of(format).count; }

int32_t slmd_block_bytes(slmd_block_format format) { return size_of(format).bytes; }

static uint16_t half_at(const uint8_t *at) { return (uint16_t)(at[0] | at[1] << 8); }

static float float_at(slmd_block_format format, const uint8_t *numbers, size_t index) {
    if (format == SLMD_F16) return slmd_half_to_float(half_at(numbers + 2 * index));
    if (format == SLMD_BF16) return slmd_float_of_bits((uint32_t)half_at(numbers + 2 * index) << 16);
    float x;
    memcpy(&x, numbers + 4 * index, sizeof x);
    return x;
}

// Thirty-two numbers as the file holds them, with what makes values of them: scale * (number - zero) + minimum, a scale for
// each half. In blocks of 256 a scale is a half times a byte, and so is a minimum.
typedef struct {
    uint8_t numbers[32];  // signed for Q8_0
    uint16_t scale, minimum;
    uint8_t factors[2], minimum_factor;
} file_block;

// The low halves of 16 bytes, then the high ones.
static inline void sixteen_bytes(const uint8_t *at, uint8_t *numbers) {
    for (int i = 0; i < 16; i++) {
        numbers[i] = at[i] & 15;
        numbers[16 + i] = at[i] >> 4;
    }
}

// 32 bits: the fifth of each number.
static inline void fifth_bits(const uint8_t *at, uint8_t *numbers) {
    for (int i = 0; i < 32; i++) numbers[i] |= (at[i / 8] >> i % 8 & 1) << 4;
}

// The halves of 32 bytes that belong to an even group, or to an odd one.
static inline void thirty_two_halves(const uint8_t *at, int high, uint8_t *numbers) {
    for (int i = 0; i < 32; i++) numbers[i] = high ? at[i] >> 4 : at[i] & 15;
}

// Twelve bytes hold eight scales and eight minima of six bits, the last four of both in the spare bits of the first.
static void six_bits(const uint8_t *at, int group, file_block *to) {
    if (group < 4) {
        to->factors[0] = at[group] & 63;
        to->minimum_factor = at[group + 4] & 63;
    } else {
        to->factors[0] = (at[group + 4] & 15) | at[group - 4] >> 6 << 4;
        to->minimum_factor = at[group + 4] >> 4 | at[group] >> 6 << 4;
    }
    to->factors[1] = to->factors[0];
}

static inline void read_block(slmd_block_format format, const uint8_t *row, int index, file_block *to) {
    const uint8_t *at = row + (ptrdiff_t)(index / (size_of(format).count / 32)) * size_of(format).bytes;
    const int group = index % 8;
    switch (format) {
        case SLMD_Q4_0:
            to->scale = half_at(at);
            sixteen_bytes(at + 2, to->numbers);
            break;
        case SLMD_Q4_1:
            to->scale = half_at(at);
            to->minimum = half_at(at + 2);
            sixteen_bytes(at + 4, to->numbers);
            break;
        case SLMD_Q5_0:
            to->scale = half_at(at);
            sixteen_bytes(at + 6, to->numbers);
            fifth_bits(at + 2, to->numbers);
            break;
        case SLMD_Q5_1:
            to->scale = half_at(at);
            to->minimum = half_at(at + 2);
            sixteen_bytes(at + 8, to->numbers);
            fifth_bits(at + 4, to->numbers);
            break;
        case SLMD_Q8_0:
            to->scale = half_at(at);
            memcpy(to->numbers, at + 2, 32);
            break;
        case SLMD_Q4_K:
        case SLMD_Q5_K:
            to->scale = half_at(at);
            to->minimum = half_at(at + 2);
            six_bits(at + 4, group, to);
            thirty_two_halves(at + (format == SLMD_Q4_K ? 16 : 48) + group / 2 * 32, group % 2, to->numbers);
            if (format == SLMD_Q5_K)
                for (int i = 0; i < 32; i++) to->numbers[i] |= (at[16 + i] >> group & 1) << 4;
            break;
        case SLMD_Q6_K:
            to->scale = half_at(at + 208);
            memcpy(to->factors, at + 192 + 2 * group, 2);
            thirty_two_halves(at + 64 * (group / 4) + 32 * (group % 2), group % 4 / 2, to->numbers);
            for (int i = 0; i < 32; i++)
                to->numbers[i] |= (at[128 + 32 * (group / 4) + i] >> 2 * (group % 4) & 3) << 4;
            break;
        case SLMD_F32:
        case SLMD_F16:
        case SLMD_BF16: break;
    }
}

// What makes values of a block's numbers: a scale for each half, and what is added. Each product of scale, factor and number is
// exact, so that one rounding is left, where a minimum is added.
typedef struct {
    float scales[2], minimum;
} block_scales;

static inline block_scales scales_of(slmd_block_format format, const file_block *block) {
    const float scale = slmd_half_to_float(block->scale);
    block_scales s = {{scale, scale}, 0};
    if (format == SLMD_Q4_1 || format == SLMD_Q5_1) s.minimum = slmd_half_to_float(block->minimum);
    if (format == SLMD_Q4_K || format == SLMD_Q5_K) {
        s.scales[0] = s.scales[1] = scale * (float)block->factors[0];
        s.minimum = -(slmd_half_to_float(block->minimum) * (float)block->minimum_factor);
    }
    if (format == SLMD_Q6_K)
        for (int half = 0; half < 2; half++) s.scales[half] = scale * (float)(int8_t)block->factors[half];
    return s;
}

static inline int number_of(slmd_block_format format, const file_block *block, int k) {
    return format == SLMD_Q8_0 ? (int8_t)block->numbers[k] : block->numbers[k] - packed_zero(format);
}

static void values_of(slmd_block_format format, const file_block *block, float *out) {
    const block_scales s = scales_of(format, block);
    const int is_affine = packed_is_affine(format);
    for (int i = 0; i < 32; i++) {
        const float scaled = s.scales[i / 16] * (float)number_of(format, block, i);
        out[i] = is_affine ? scaled + s.minimum : scaled;
    }
}

void slmd_dequantise(slmd_block_format format, const void *blocks, size_t block_count, float *out) {
    const block_size size = size_of(format);
    if (size.count == 1) {
        for (size_t i = 0; i < block_count; i++) out[i] = float_at(format, blocks, i);
        return;
    }
    for (size_t i = 0; i < block_count; i++) {
        const uint8_t *at = (const uint8_t *)blocks + i * (size_t)size.bytes;
        for (int group = 0; group < size.count / 32; group++) {
            file_block block;
            read_block(format, at, group, &block);
            values_of(format, &block, out + i * (size_t)size.count + 32 * group);
        }
    }
}

slmd_block_format slmd_packed_format(slmd_block_format format) {
    return size_of(format).count == 1 ? SLMD_F32 : format;
}

static int blocks_of(int32_t inputs) { return (inputs + SLMD_BLOCK - 1) / SLMD_BLOCK; }

size_t slmd_panel_bytes(slmd_block_format packed, int32_t inputs) {
    const int blocks = blocks_of(inputs);
    return (packed_blocks_bytes(packed, blocks) + 63) / 64 * 64;
}

// Where output `lane` has its numbers in a packed block.
static inline void write_numbers(int bits, const uint8_t *numbers, int lane, uint8_t *to) {
    to += 4 * lane;
    if (bits == 8) {
        for (int group = 0; group < 8; group++) memcpy(to + 64 * group, numbers + 4 * group, 4);
        return;
    }
    for (int pair = 0; pair < 4; pair++)
        for (int t = 0; t < 4; t++)
            to[64 * pair + t] = (numbers[8 * pair + t] & 15) | (numbers[8 * pair + 4 + t] & 15) << 4;
    for (int t = 0; t < 4; t++) {
        unsigned above = 0;
        for (int group = 0; group < 8 && bits > 4; group++)
            above |= (unsigned)(numbers[4 * group + t] >> 4) << group * (bits - 4);
        if (bits > 4) to[256 + t] = (uint8_t)above;
        if (bits > 5) to[320 + t] = (uint8_t)(above >> 8);
    }
}

static inline void write_half(uint8_t *to, int lane, uint16_t half) { memcpy(to + 2 * lane, &half, sizeof half); }

static inline void write_block(slmd_block_format format, const file_block *block, int lane, int index, uint8_t *panel) {
    uint8_t *quants = (uint8_t *)packed_quants(format, panel, index);
    write_numbers(packed_bits(format), block->numbers, lane, quants);
    if (!packed_is_super(format)) {
        uint8_t *scales = quants + packed_quant_bytes(format);
        write_half(scales, lane, block->scale);
        if (packed_is_affine(format)) write_half(scales + 32, lane, block->minimum);
        return;
    }
    uint8_t *header = (uint8_t *)packed_header(format, panel, index);
    const int group = index % SLMD_SUPER;
    write_half(header, lane, block->scale);
    if (format == SLMD_Q6_K) {
        for (int half = 0; half < 2; half++) header[64 + 32 * group + 16 * half + lane] = block->factors[half];
    } else {
        write_half(header + 32, lane, block->minimum);
        header[64 + 16 * group + lane] = block->factors[0];
        header[192 + 16 * group + lane] = block->minimum_factor;
    }
}

static inline void pack_panel(slmd_block_format format, const uint8_t *row, size_t row_bytes, int lanes, int blocks,
                              uint8_t *panel) {
    for (int index = 0; index < blocks; index++)
        for (int lane = 0; lane < lanes; lane++) {
            file_block block;
            read_block(format, row + (size_t)lane * row_bytes, index, &block);
            write_block(format, &block, lane, index, panel);
        }
}

static void pack_floats(slmd_block_format format, const uint8_t *row, size_t row_bytes, int lanes, int inputs,
                        uint8_t *panel) {
    for (int lane = 0; lane < lanes; lane++)
        for (int k = 0; k < inputs; k++) {
            const float x = float_at(format, row + (size_t)lane * row_bytes, (size_t)k);
            memcpy(panel + 4 * ((size_t)k * SLMD_BLOCK_OUTPUTS + (size_t)lane), &x, sizeof x);
        }
}

static int lanes_of(int panel, int outputs) {
    const int left = outputs - panel * SLMD_BLOCK_OUTPUTS;
    return left < SLMD_BLOCK_OUTPUTS ? left : SLMD_BLOCK_OUTPUTS;
}

void slmd_pack_blocks(slmd_block_format format, const void *rows, int32_t outputs, int32_t inputs, int32_t first,
                      int32_t last, uint8_t *to) {
    const block_size size = size_of(format);
    const size_t row_bytes = (size_t)(inputs / size.count) * (size_t)size.bytes;
    const size_t panel_bytes = slmd_panel_bytes(slmd_packed_format(format), inputs);
    for (int p = first; p < last; p++) {
        uint8_t *panel = to + (size_t)p * panel_bytes;
        const uint8_t *row = (const uint8_t *)rows + (size_t)p * SLMD_BLOCK_OUTPUTS * row_bytes;
        const int lanes = lanes_of(p, outputs);
        if (lanes < SLMD_BLOCK_OUTPUTS || inputs % SLMD_BLOCK != 0) memset(panel, 0, panel_bytes);
#define PACK(FORMAT)                                                                          \
    case FORMAT: pack_panel(FORMAT, row, row_bytes, lanes, inputs / SLMD_BLOCK, panel); break;
        switch (format) {
            PACK(SLMD_Q4_0)
            PACK(SLMD_Q4_1)
            PACK(SLMD_Q5_0)
            PACK(SLMD_Q5_1)
            PACK(SLMD_Q8_0)
            PACK(SLMD_Q4_K)
            PACK(SLMD_Q5_K)
            PACK(SLMD_Q6_K)
            case SLMD_F32:
            case SLMD_F16:
            case SLMD_BF16: pack_floats(format, row, row_bytes, lanes, inputs, panel); break;
        }
#undef PACK
    }
}

// The half nearest to a 127th of the largest magnitude, or the next one where that would overflow a byte.
static uint16_t byte_scale(const float *x) {
    float largest = 0;
    for (int i = 0; i < SLMD_BLOCK; i++) largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
    const uint16_t half = slmd_float_to_half(largest / 127.0f);
    const int is_short = half < 0x7bff && largest > 127.5f * slmd_half_to_float(half);
    return is_short ? half + 1 : half;
}

static void round_to_bytes(const float *x, file_block *to) {
    to->scale = byte_scale(x);
    const float scale = slmd_half_to_float(to->scale);
    for (int i = 0; i < SLMD_BLOCK; i++) {
        const float steps = scale > 0 ? fminf(fmaxf(x[i] / scale, -127.0f), 127.0f) : 0;
        to->numbers[i] = (uint8_t)(int8_t)lrintf(steps);
    }
}

void slmd_pack_as_bytes(slmd_block_format format, const void *rows, int32_t outputs, int32_t inputs, int32_t first,
                        int32_t last, uint8_t *to) {
    const size_t row_bytes = (size_t)inputs * (size_t)size_of(format).bytes;
    const size_t panel_bytes = slmd_panel_bytes(SLMD_Q8_0, inputs);
    for (int p = first; p < last; p++) {
        uint8_t *panel = to + (size_t)p * panel_bytes;
        const int lanes = lanes_of(p, outputs);
        if (lanes < SLMD_BLOCK_OUTPUTS) memset(panel, 0, panel_bytes);
        for (int lane = 0; lane < lanes; lane++) {
            const uint8_t *row = (const uint8_t *)rows + (size_t)(p * SLMD_BLOCK_OUTPUTS + lane) * row_bytes;
            for (int k = 0; k < inputs; k += SLMD_BLOCK) {
                float x[SLMD_BLOCK] = {0};
                for (int i = 0; i < SLMD_BLOCK && k + i < inputs; i++) x[i] = float_at(format, row, (size_t)(k + i));
                file_block block;
                round_to_bytes(x, &block);
                write_block(SLMD_Q8_0, &block, lane, k / SLMD_BLOCK, panel);
            }
        }
    }
}

static void read_numbers(int bits, const uint8_t *from, int lane, uint8_t *numbers) {
    from += 4 * lane;
    for (int k = 0; k < 32; k++) {
        const int group = k / 4, t = k % 4;
        if (bits == 8) {
            numbers[k] = from[64 * group + t];
            continue;
        }
        const uint8_t byte = from[64 * (group / 2) + t];
        numbers[k] = group % 2 ? byte >> 4 : byte & 15;
        if (bits == 5) numbers[k] |= (from[256 + t] >> group & 1) << 4;
        if (bits == 6) numbers[k] |= (from[256 + 64 * (group / 4) + t] >> 2 * (group % 4) & 3) << 4;
    }
}

static void unpack_block(slmd_block_format format, const uint8_t *panel, int lane, int index, file_block *to) {
    const uint8_t *quants = packed_quants(format, panel, index);
    read_numbers(packed_bits(format), quants, lane, to->numbers);
    if (!packed_is_super(format)) {
        const uint8_t *scales = quants + packed_quant_bytes(format);
        to->scale = half_at(scales + 2 * lane);
        if (packed_is_affine(format)) to->minimum = half_at(scales + 32 + 2 * lane);
        return;
    }
    const uint8_t *header = packed_header(format, panel, index);
    const int group = index % SLMD_SUPER;
    to->scale = half_at(header + 2 * lane);
    if (format == SLMD_Q6_K) {
        for (int half = 0; half < 2; half++) to->factors[half] = header[64 + 32 * group + 16 * half + lane];
    } else {
        to->minimum = half_at(header + 32 + 2 * lane);
        to->factors[0] = to->factors[1] = header[64 + 16 * group + lane];
        to->minimum_factor = header[192 + 16 * group + lane];
    }
}

void slmd_packed_row(slmd_block_format packed, const uint8_t *panels, int32_t inputs, int32_t row, float *out) {
    const uint8_t *panel = panels + (size_t)(row / SLMD_BLOCK_OUTPUTS) * slmd_panel_bytes(packed, inputs);
    const int lane = row % SLMD_BLOCK_OUTPUTS;
    if (packed == SLMD_F32) {
        const float *floats = (const float *)panel;
        for (int k = 0; k < inputs; k++) out[k] = floats[k * SLMD_BLOCK_OUTPUTS + lane];
        return;
    }
    for (int k = 0; k < inputs; k += SLMD_BLOCK) {
        file_block block;
        float values[SLMD_BLOCK];
        unpack_block(packed, panel, lane, k / SLMD_BLOCK, &block);
        values_of(packed, &block, values);
        memcpy(out + k, values, sizeof(float) * (size_t)(inputs - k < SLMD_BLOCK ? inputs - k : SLMD_BLOCK));
    }
}
