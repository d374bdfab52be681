// Arithmetic over 16 lanes, written once and compiled for each instruction set: included by the bodies, under the target
// that they set.
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

INLINE i32x16 splat_int(int x) { return (i32x16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

// The nearest integers to x, |x| < 2^22.
INLINE i32x16 rounded16(f32x16 x) { return (i32x16)(x + splat(ROUNDER)) - (i32x16)splat(ROUNDER); }

INLINE void store_ints(void *to, i32x16 v) { __builtin_memcpy(to, &v, sizeof v); }

INLINE i32x16 load_ints(const void *from) {
    i32x16 v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
}

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
