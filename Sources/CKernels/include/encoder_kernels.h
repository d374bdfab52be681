#ifndef SLMD_ENCODER_KERNELS_H
#define SLMD_ENCODER_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The arithmetic of the sentence encoder. Every variant computes the same numbers bit for bit: integer sums
// are exact, and floating point runs in one order over 16 lanes with explicit fused multiply-adds, whatever
// the width of the registers.
//
// Matrices are row-major; strides count elements. Rows of activations are padded with zeros to a multiple of
// SLMD_LANES. Weights lie in panels of SLMD_PANEL output columns.

enum { SLMD_LANES = 16, SLMD_PANEL = 48, SLMD_GROUP = 4, SLMD_MAX_TILE_ROWS = 8 };

/// What happens to a product's result y = x W + bias on its way to memory.
typedef enum {
    SLMD_STORE,              ///< out = y
    SLMD_STORE_GELU,         ///< out = gelu(y), the exact one, within 4e-6
    SLMD_STORE_COARSE_GELU,  ///< out = gelu(y) within 4e-5; what int8 products do for SLMD_STORE_GELU
    SLMD_ADD,                ///< out = out + y
} slmd_epilogue;

/// Weights of one product, signed 8-bit, one scale an output column.
typedef struct {
    int32_t inputs;        ///< K, a multiple of SLMD_GROUP
    int32_t outputs;       ///< N, a multiple of SLMD_PANEL
    const int8_t *panels;  ///< (N / 48, K / 4, 48, 4), 64-byte aligned
    const float *scales;   ///< (N)
    const int32_t *sums;   ///< (N): the sum of each column's weights
    const float *bias;     ///< (N)
} slmd_int8_weights;

/// Weights of one product in single precision.
typedef struct {
    int32_t inputs;       ///< K
    int32_t outputs;      ///< N, a multiple of SLMD_PANEL
    const float *panels;  ///< (N / 48, K, 48), 64-byte aligned
    const float *bias;    ///< (N)
} slmd_float_weights;

/// One quantised row stands for (q - zero) * scale.
typedef struct {
    float scale;
    int32_t zero;
} slmd_row_scale;

/// Self-attention of some rows of one text.
typedef struct {
    const float *qkv;       ///< the text's first row: queries (scaled by log2(e) / sqrt(d)), keys, values
    ptrdiff_t qkv_stride;   ///< 3 * heads * head_width or more
    int32_t tokens;         ///< rows of the text
    int32_t heads;
    int32_t head_width;     ///< a multiple of SLMD_LANES
    int32_t first;          ///< rows first ..< last are computed
    int32_t last;
    float *out;             ///< (last - first, heads * head_width)
    ptrdiff_t out_stride;
    float *scratch;         ///< slmd_attention_scratch() floats, 64-byte aligned
} slmd_attention;

/// Floats of scratch that attention over `tokens` needs.
size_t slmd_attention_scratch(int32_t tokens, int32_t head_width);

/// One set of kernels; all pointers are set.
typedef struct {
    const char *name;
    /// Rows from which OpenBLAS multiplies single-precision weights faster than product_float; 0: it never
    /// does.
    int32_t blas_rows;
    /// Rows of x to unsigned bytes, each row with its own scale and zero point. `width` is a multiple of 16.
    void (*quantise)(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t width, uint8_t *q,
                     ptrdiff_t q_stride, slmd_row_scale *scales);
    /// The bare integer product: out (rows, N) = sum over k of q * w, before zero points and scales.
    void (*sums_int8)(const slmd_int8_weights *w, const uint8_t *q, ptrdiff_t q_stride, int32_t rows,
                      int32_t *out, ptrdiff_t out_stride);
    void (*product_int8)(const slmd_int8_weights *w, const uint8_t *q, ptrdiff_t q_stride,
                         const slmd_row_scale *scales, int32_t rows, slmd_epilogue epilogue, float *out,
                         ptrdiff_t out_stride);
    void (*product_float)(const slmd_float_weights *w, const float *x, ptrdiff_t x_stride, int32_t rows,
                          slmd_epilogue epilogue, float *out, ptrdiff_t out_stride);
    void (*attention)(const slmd_attention *a);
    /// The same through bytes: each weight is off by at most 1/510 of the row's largest, each key and value
    /// by 1/254 of its column's range.
    void (*attention_int8)(const slmd_attention *a);
    /// x = (x - mean) / sqrt(variance + epsilon) * gamma + beta over the first `width` columns; the columns
    /// up to the next multiple of 16 become beta, which must be 0 there, as gamma must.
    void (*layer_norm)(float *x, ptrdiff_t stride, int32_t rows, int32_t width, const float *gamma,
                       const float *beta, float epsilon);
    /// out row i = table row ids[i] * scales[ids[i]] + positional row i. `width` is a multiple of 16.
    void (*embed_int8)(const int8_t *table, const float *scales, const float *positional,
                       const int32_t *ids, int32_t rows, int32_t width, float *out, ptrdiff_t out_stride);
    void (*embed_float)(const float *table, const float *positional, const int32_t *ids, int32_t rows,
                        int32_t width, float *out, ptrdiff_t out_stride);
    /// y = epilogue(y + bias) in place, SLMD_STORE or SLMD_STORE_GELU, for products that OpenBLAS left in y.
    void (*finish)(float *y, ptrdiff_t stride, const float *bias, int32_t rows, int32_t width,
                   slmd_epilogue epilogue);
} slmd_encoder_kernels;

/// The fastest kernels this processor runs. Never null.
const slmd_encoder_kernels *slmd_encoder_kernels_best(void);

/// Every set this processor runs, the scalar reference first; null at and after the end.
const slmd_encoder_kernels *slmd_encoder_kernels_at(int32_t index);

/// Quantises and packs rows (outputs, inputs), as checkpoints store them, into `panels`, `scales` and `sums`
/// shaped as in slmd_int8_weights. A row of zeros gets scale 0.
void slmd_pack_int8(const float *rows, int32_t outputs, int32_t inputs, int8_t *panels, float *scales,
                    int32_t *sums);

/// Packs rows (outputs, inputs) into `panels` shaped as in slmd_float_weights.
void slmd_pack_float(const float *rows, int32_t outputs, int32_t inputs, float *panels);

/// Quantises each row of a table by itself: (rows, width) floats to (rows, stride) bytes, zero beyond width.
void slmd_quantise_table(const float *table, int32_t rows, int32_t width, int32_t stride, int8_t *out,
                         float *scales);

/// out[j] = mean over the rows, added in their order, of x[j].
void slmd_mean_rows(const float *x, ptrdiff_t stride, int32_t rows, int32_t width, float *out);

/// out[j] = maximum over the rows of x[j].
void slmd_max_rows(const float *x, ptrdiff_t stride, int32_t rows, int32_t width, float *out);

/// Divides by the Euclidean norm, or leaves zeros alone.
void slmd_normalise(float *x, int32_t width);

#endif
