#ifndef SLMD_DECODER_STEPS_H
#define SLMD_DECODER_STEPS_H

#include <stddef.h>
#include <stdint.h>

// What a decoder does between its products, in single precision: each row by itself, and the sums of each in one order
// whatever its neighbours are. Widths are multiples of 16.

/// out = x / sqrt(mean(x²) + epsilon) · gamma.
void slmd_rms_norm(const float *x, int32_t width, const float *gamma, float epsilon, float *out);

/// Turns each head's columns j and j + dimensions / 2 by an angle of its own, in place; the columns from `dimensions` on
/// stay.
///
/// `cosines` and `sines` have dimensions / 2 values, `x` has (heads, head_width).
void slmd_rotate(float *x, int32_t heads, int32_t head_width, int32_t dimensions, const float *cosines,
                 const float *sines);

/// out = silu(gate) · up.
void slmd_swiglu(const float *gate, const float *up, int32_t width, float *out);

/// Attention of some rows of one sequence, for the query heads that share one head of keys and values.
typedef struct {
    const float *queries;  ///< (rows, heads, head_width), rotated
    ptrdiff_t query_stride;
    const float *keys;     ///< (positions, head_width) from position 0 on
    const float *values;   ///< the same
    int32_t rows;
    int32_t heads;
    int32_t head_width;
    int32_t first;         ///< the position of the first row; its own key is there already
    int32_t window;        ///< positions that a row sees, itself the last of them
    float scale;           ///< of the scores: 1 / sqrt(head_width)
    float *out;            ///< (rows, heads, head_width)
    ptrdiff_t out_stride;
    float *scratch;        ///< first + rows floats
} slmd_decoder_attention;

void slmd_decoder_attend(const slmd_decoder_attention *a);

#endif
