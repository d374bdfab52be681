// The decoder's kernels, written once over 16 lanes and compiled for each instruction set: the including file defines
// TILE_ROWS, ROWS_FOR_TWO, BYTE_ZERO, block_sums(), multiply(), load_half(), store_half() and
// KERNELS, and sets the target.
#include "lanes.h"

// Calls DO(n) with the constant n equal to `rows`, at most 8, so that tiles unroll into registers.
#define FOR_ROWS(rows, DO)                                                                    \
    switch (rows) {                                                                           \
        case 1: DO(1); break;                                                                 \
        case 2: DO(2); break;                                                                 \
        case 3: DO(3); break;                                                                 \
        case 4: DO(4); break;                                                                 \
        case 5: DO(5); break;                                                                 \
        case 6: DO(6); break;                                                                 \
        case 7: DO(7); break;                                                                 \
        default: DO(8); break;                                                                \
    }

#include "decoder_rows.h"
#include "decoder_products.h"
#include "decoder_attention.h"

const slmd_decoder_kernels KERNELS = {
    .name = KERNELS_NAME,
    .quantise = quantise,
    .norm = norm,
    .gate = gate,
    .product = product,
    .rotate = rotate,
    .keep = keep,
    .attention = attention,
    .multiply = multiply,
};
