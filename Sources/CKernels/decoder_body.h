// The decoder's kernels, written once over 16 lanes and compiled for each instruction set: the including file defines
// TILE_ROWS, ROWS_FOR_TWO, SIGNED_BYTE_ROWS, block_sums(), multiply(), load_half(), store_half() and
// KERNELS, and sets the target.
#include "lanes.h"

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
