// The floating-point kernels, written once over 16 lanes and compiled for each instruction set: the including
// file defines INT8_ROWS, INT8_VECTORS, FLOAT_ROWS, FLOAT_VECTORS, BLAS_ROWS, int8_tile() and
// KERNELS, and sets the target.
#include "lanes.h"

// x Phi(x), with Phi(x) - 1/2 = x P(2 x^2 / 25 - 1) on -5 … 5 by a weighted minimax fit of degree 12.
INLINE f32x16 gelu16(f32x16 x) {
    f32x16 c = min16(max16(x, splat(-5.0f)), splat(5.0f));
    f32x16 w = fma16(c * c, splat(0.08f), splat(-1.0f));
    f32x16 p = splat(0.000493043743f);
    p = fma16(p, w, splat(-0.00151426881f));
    p = fma16(p, w, splat(0.00200174656f));
    p = fma16(p, w, splat(-0.00291544129f));
    p = fma16(p, w, splat(0.00616546674f));
    p = fma16(p, w, splat(-0.0109733948f));
    p = fma16(p, w, splat(0.0164976716f));
    p = fma16(p, w, splat(-0.0233366825f));
    p = fma16(p, w, splat(0.0314262211f));
    p = fma16(p, w, splat(-0.0404329561f));
    p = fma16(p, w, splat(0.0515214205f));
    p = fma16(p, w, splat(-0.0702966526f));
    p = fma16(p, w, splat(0.141363785f));
    return x * fma16(p, c, splat(0.5f));
}

// The same with degree 8 on -4.5 … 4.5, within 4e-5: far below a step of the bytes that int8 makes of it.
INLINE f32x16 coarse_gelu16(f32x16 x) {
    f32x16 c = min16(max16(x, splat(-4.5f)), splat(4.5f));
    f32x16 w = fma16(c * c, splat(2.0f / 20.25f), splat(-1.0f));
    f32x16 p = splat(0.00335406722f);
    p = fma16(p, w, splat(-0.00932914577f));
    p = fma16(p, w, splat(0.0122083388f));
    p = fma16(p, w, splat(-0.0167434048f));
    p = fma16(p, w, splat(0.0276292991f));
    p = fma16(p, w, splat(-0.0405559391f));
    p = fma16(p, w, splat(0.0548186116f));
    p = fma16(p, w, splat(-0.0771719515f));
    p = fma16(p, w, splat(0.156902105f));
    return x * fma16(p, c, splat(0.5f));
}

INLINE void finish16(f32x16 y, slmd_epilogue epilogue, float *out) {
    if (epilogue == SLMD_STORE_GELU) y = gelu16(y);
    if (epilogue == SLMD_STORE_COARSE_GELU) y = coarse_gelu16(y);
    if (epilogue == SLMD_ADD) y = load(out) + y;
    store(out, y);
}

#include "encoder_products.h"
#include "encoder_attention.h"
#include "encoder_rows.h"
#include "encoder_attention_int8.h"

const slmd_encoder_kernels KERNELS = {
    .name = KERNELS_NAME,
    .blas_rows = BLAS_ROWS,
    .quantise = quantise,
    .sums_int8 = sums_int8,
    .product_int8 = product_int8,
    .product_float = product_float,
    .attention = attention,
    .attention_int8 = attention_int8,
    .layer_norm = layer_norm,
    .embed_int8 = embed_int8,
    .embed_float = embed_float,
    .finish = finish,
};
