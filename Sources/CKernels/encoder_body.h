// The floating-point kernels, written once over 16 lanes and compiled for each instruction set: the including
// file defines INT8_ROWS, INT8_VECTORS, FLOAT_ROWS, FLOAT_VECTORS, BLAS_ROWS, int8_tile() and
// KERNELS, and sets the target.
// No multiply and add is contracted unless written as fma, so that every instruction set rounds alike.
#pragma STDC FP_CONTRACT OFF

// Every function below that takes or returns 16 lanes is inlined, so how a call would pass them never
// matters.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))

INLINE f32x16 load(const float *p) {
    f32x16 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, f32x16 v) { __builtin_memcpy(p, &v, sizeof v); }

INLINE f32x16 splat(float x) { return (f32x16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

INLINE f32x16 fma16(f32x16 a, f32x16 b, f32x16 c) { return __builtin_elementwise_fma(a, b, c); }

INLINE f32x16 select16(i32x16 mask, f32x16 a, f32x16 b) {
    return (f32x16)((mask & (i32x16)a) | (~mask & (i32x16)b));
}

// Lane by lane, as compilers turn into one instruction: the vector form has no ternary in C.
INLINE f32x16 max16(f32x16 a, f32x16 b) {
    f32x16 c;
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) c[i] = a[i] > b[i] ? a[i] : b[i];
    return c;
}

INLINE f32x16 min16(f32x16 a, f32x16 b) {
    f32x16 c;
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) c[i] = a[i] < b[i] ? a[i] : b[i];
    return c;
}

INLINE f32x16 plus16(f32x16 a, f32x16 b) { return a + b; }

INLINE i32x16 plus_ints(i32x16 a, i32x16 b) { return a + b; }

INLINE i32x16 max_ints(i32x16 a, i32x16 b) { return __builtin_elementwise_max(a, b); }

// Lanes meet as 0 + 8, 1 + 9, …, then as 0 + 4, …: one order everywhere.
#define REDUCE(NAME, COMBINE, LANE, VECTOR)                                                                \
    INLINE LANE NAME(VECTOR v) {                                                                           \
        v = COMBINE(v, __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7)); \
        v = COMBINE(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11)); \
        v = COMBINE(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)); \
        v = COMBINE(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)); \
        return v[0];                                                                                       \
    }
REDUCE(sum_lanes, plus16, float, f32x16)
REDUCE(max_lanes, max16, float, f32x16)
REDUCE(min_lanes, min16, float, f32x16)
REDUCE(sum_int_lanes, plus_ints, int32_t, i32x16)
REDUCE(max_int_lanes, max_ints, int32_t, i32x16)

// Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, ties to even; |x| < 2^22.
#define ROUNDER 12582912.0f

// 2^x within 1.9e-9 relative before rounding, for x from -126 to 0 (below: as -126).
INLINE f32x16 exp2_16(f32x16 x) {
    x = max16(x, splat(-126.0f));
    f32x16 shifted = x + splat(ROUNDER);
    f32x16 f = x - (shifted - splat(ROUNDER));
    f32x16 p = splat(0.000153457935f);
    p = fma16(p, f, splat(0.00133999309f));
    p = fma16(p, f, splat(0.00961848907f));
    p = fma16(p, f, splat(0.0555032864f));
    p = fma16(p, f, splat(0.240226462f));
    p = fma16(p, f, splat(0.693147182f));
    p = fma16(p, f, splat(1.0f));
    return (f32x16)((i32x16)p + ((i32x16)shifted << 23));
}

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
