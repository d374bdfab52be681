#ifndef SLMD_BLOCK_FORMATS_H
#define SLMD_BLOCK_FORMATS_H

#include <stddef.h>
#include <stdint.h>

// Numbers in blocks that share their scales, as GGUF files hold them, and the same blocks as the decoder's kernels read
// them. https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c
//
// Packed, 16 outputs lie side by side in a panel, and a panel is a run of blocks of 32 inputs. The numbers of a block:
// eight groups of four inputs, a group (16 outputs, 4 inputs) in 64 bytes; numbers below 16 share a byte, the even group
// low. The bits above four lie behind: the fifth in 64 bytes, a bit a group; the fifth and sixth in 128, two bits a group.
// Then the scales and the minima, 16 halves each. Formats with blocks of 256 have, before each eight blocks of numbers,
// SLMD_SUPER_HEADER bytes: 16 scales and 16 minima in halves, then the bytes that multiply them, 16 for each block (or half
// block). So packed weights are as large as in the file, and exact.

enum { SLMD_BLOCK = 32, SLMD_BLOCK_OUTPUTS = 16, SLMD_SUPER = 8, SLMD_SUPER_HEADER = 320 };

/// The numbers are GGUF's own.
typedef enum {
    SLMD_F32 = 0,
    SLMD_F16 = 1,
    SLMD_Q4_0 = 2,
    SLMD_Q4_1 = 3,
    SLMD_Q5_0 = 6,
    SLMD_Q5_1 = 7,
    SLMD_Q8_0 = 8,
    SLMD_Q4_K = 12,
    SLMD_Q5_K = 13,
    SLMD_Q6_K = 14,
    SLMD_BF16 = 30,
} slmd_block_format;

/// Numbers in a block; 0 for a format that is none of the above.
int32_t slmd_block_count(slmd_block_format format);

/// Of a block.
int32_t slmd_block_bytes(slmd_block_format format);

/// The numbers of whole blocks in single precision, as the reference rounds them.
void slmd_dequantise(slmd_block_format format, const void *blocks, size_t block_count, float *out);

/// The format of weights once they are packed: SLMD_F32 for numbers that stand alone, else the same.
slmd_block_format slmd_packed_format(slmd_block_format format);

/// Bytes of a packed panel of `inputs`, rounded up to whole blocks.
size_t slmd_panel_bytes(slmd_block_format packed, int32_t inputs);

/// Packs panels first ..< last of rows (outputs, inputs) that lie as in a file. `to` is the first panel of all, 64-byte
/// aligned. Outputs and inputs beyond the last are 0. Blocks have whole rows.
void slmd_pack_blocks(slmd_block_format format, const void *rows, int32_t outputs, int32_t inputs, int32_t first,
                      int32_t last, uint8_t *to);

/// The same for numbers that stand alone, rounded to SLMD_Q8_0: each is off by at most 1/254 of the largest of its block.
void slmd_pack_as_bytes(slmd_block_format format, const void *rows, int32_t outputs, int32_t inputs, int32_t first,
                        int32_t last, uint8_t *to);

/// Row `row` of packed weights in single precision, as slmd_dequantise gives it.
void slmd_packed_row(slmd_block_format packed, const uint8_t *panels, int32_t inputs, int32_t row, float *out);

#endif
