#ifndef SLMD_DECODER_KERNELS_H
#define SLMD_DECODER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "block_formats.h"

// The arithmetic of a decoder. Every variant computes the same numbers bit for bit: integer sums are exact, and floating
// point runs in one order over 16 lanes with explicit fused multiply-adds, whatever the width of the registers. A row's
// numbers depend on that row alone.

/// What a block of 32 activations stands for: an offset, half way between the least and the largest, plus scale times its
/// bytes. Blocks often have one large activation, and steps as wide as it needs on both sides of 0 would be coarser.
typedef struct {
    float scale;
    float sum;          ///< scale times the sum of the bytes
    int16_t totals[2];  ///< of the first 16 bytes, of the last 16
    float offset;
} slmd_block_scale;

/// Rows that products read: bytes in blocks with scales, or floats where `bytes` is null. Widths are multiples of 32.
typedef struct {
    int32_t width;
    int8_t *bytes;             ///< (rows, width), from -127 to 127
    slmd_block_scale *scales;  ///< (rows, width / 32)
    float *floats;             ///< (rows, width)
} slmd_activations;

/// Weights of one product, packed as block_formats.h says.
typedef struct {
    slmd_block_format format;
    int32_t inputs;         ///< a multiple of 32
    const uint8_t *panels;  ///< 64-byte aligned
    const float *bias;      ///< 16 for each panel, or null
} slmd_block_weights;

/// Positions of a sequence whose keys and values lie together.
enum { SLMD_PAGE = 32 };

/// Attention of some rows of one sequence. In a page, a layer's keys are (key heads, SLMD_PAGE / 16, head_width, 16
/// positions), its values (key heads, SLMD_PAGE positions, head_width), as `keep` writes them.
typedef struct {
    const float *queries;         ///< (rows, heads, head_width), turned; the first of head 0
    ptrdiff_t query_stride;
    const uint8_t *const *pages;  ///< from position 0 on
    size_t keys;                  ///< bytes from a page's start to the layer's keys
    size_t values;                ///< the same for its values
    int32_t in_halves;            ///< whether pages hold half precision, else single
    int32_t rows;
    int32_t first;                ///< the position of the first row; its own key is there already
    int32_t window;               ///< positions that a row sees, itself the last of them
    int32_t first_head;           ///< heads first_head ..< last_head are computed
    int32_t last_head;
    int32_t group;                ///< heads that share one head of keys
    int32_t head_width;           ///< a multiple of 16
    float scale;                  ///< of the scores: 1 / sqrt(head_width)
    float *out;                   ///< (rows, heads, head_width); the first of head 0
    ptrdiff_t out_stride;
    float *scratch;               ///< slmd_paged_attention_scratch() floats
} slmd_paged_attention;

/// Floats of scratch that attention needs.
size_t slmd_paged_attention_scratch(int32_t head_width);

/// One set of kernels; all pointers are set.
typedef struct {
    const char *name;
    /// Rows of x, columns first ..< last (multiples of 32), to the same columns of rows of `to`.
    void (*quantise)(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t first, int32_t last,
                     const slmd_activations *to, int32_t to_row);
    /// x / sqrt(mean(x²) + epsilon) · gamma, over the whole width of `to`.
    void (*norm)(const float *x, ptrdiff_t x_stride, int32_t rows, const float *gamma, float epsilon,
                 const slmd_activations *to, int32_t to_row);
    /// silu(gates) · x in columns first ..< last, multiples of 32.
    void (*gate)(const float *gates, ptrdiff_t gates_stride, const float *x, ptrdiff_t x_stride, int32_t rows,
                 int32_t first, int32_t last, const slmd_activations *to, int32_t to_row);
    /// out (rows, 16 for each panel) = x Wᵀ + bias for panels first ..< last, or out += x Wᵀ + bias where `adds`; out starts
    /// at panel 0. Activations in bytes multiply exactly, floats multiply the weights' exact values.
    void (*product)(const slmd_block_weights *w, const slmd_activations *x, int32_t row, int32_t rows, int32_t first,
                    int32_t last, int32_t adds, float *out, ptrdiff_t out_stride);
    /// Turns columns j and j + dimensions / 2 of each head by an angle of their own, in place; the columns from
    /// `dimensions` on stay.
    void (*rotate)(float *x, int32_t heads, int32_t head_width, int32_t dimensions, const float *cosines,
                   const float *sines);
    /// Writes a position's keys and values, (heads, head_width) each, to place `place` of a page.
    void (*keep)(const float *keys, const float *values, int32_t heads, int32_t head_width, int32_t in_halves,
                 uint8_t *page_keys, uint8_t *page_values, int32_t place);
    void (*attention)(const slmd_paged_attention *a);
    /// Multiplies bytes in registers alone, `steps` times over, and returns the multiplications and additions done: no product
    /// can be faster.
    double (*multiply)(int64_t steps);
} slmd_decoder_kernels;

/// The fastest kernels this processor runs. Never null.
const slmd_decoder_kernels *slmd_decoder_kernels_best(void);

/// Every set this processor runs, the scalar reference first; null at and after the end.
const slmd_decoder_kernels *slmd_decoder_kernels_at(int32_t index);

#endif
