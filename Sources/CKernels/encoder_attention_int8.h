// Softmax attention in 8 bits, a head at a time. Part of encoder_body.h.
//
// Keys and values are quantised about the middle of each column. What the keys' middle adds is the same for
// every key, so softmax cancels it; the values' middle is added to the result, as a row's weights sum to one.
// A key column's step goes into the queries, which have one scale a row.

enum { QUERY_ZERO = 128 };

// Scratch of slmd_attention, cut up; P is the count of tokens rounded up to 16.
typedef struct {
    float *key_steps, *value_middles, *value_steps;  // (head width)
    int32_t *zeros;                                  // (P): what the queries' zero point adds to each score
    int8_t *keys;                                    // (head width / 4, P, 4)
    int8_t *values;                                  // (P / 4, head width, 4)
    int32_t *sums;                                   // (rows, sums_stride): scores, then weighted values
    ptrdiff_t sums_stride;
    uint8_t *queries;                                // (rows, head width)
    uint8_t *weights;                                // (rows, P)
} int8_room;

INLINE int8_room cut_up(float *scratch, int padded, int width) {
    int8_room room;
    room.key_steps = scratch;
    room.value_middles = room.key_steps + width;
    room.value_steps = room.value_middles + width;
    room.zeros = (int32_t *)(room.value_steps + width);
    room.keys = (int8_t *)(room.zeros + padded);
    room.values = room.keys + (ptrdiff_t)padded * width;
    room.sums = (int32_t *)(room.values + (ptrdiff_t)padded * width);
    room.sums_stride = padded > width ? padded : width;
    room.queries = (uint8_t *)(room.sums + INT8_ROWS * room.sums_stride);
    room.weights = room.queries + INT8_ROWS * width;
    return room;
}

// How 16 columns become signed bytes: (x - middle) * steps; a constant column has 0 steps.
typedef struct {
    f32x16 middle, steps;
} column_scale;

INLINE column_scale scale_columns(const float *x, ptrdiff_t stride, int rows, float *step) {
    f32x16 low = load(x), high = low;
    for (int r = 1; r < rows; r++) {
        const f32x16 v = load(x + r * stride);
        low = min16(low, v);
        high = max16(high, v);
    }
    const f32x16 half = (high - low) * splat(0.5f);
    store(step, half / splat(127.0f));
    const f32x16 steps = splat(127.0f) / max16(half, splat(1e-30f));
    return (column_scale){low + half, select16(half > splat(1e-30f), steps, splat(0))};
}

INLINE i32x16 quantised16(const float *x, column_scale scale) {
    return rounded16((load(x) - scale.middle) * scale.steps);
}

// Lane by lane the low bytes of four, the first lowest.
INLINE i32x16 interleaved(i32x16 a, i32x16 b, i32x16 c, i32x16 d) {
    return (a & 255) | (b & 255) << 8 | (c & 255) << 16 | d << 24;
}

// Sixteen columns of keys, from column d on: their bytes, and their part of `zeros`.
INLINE void pack_keys(const float *keys, ptrdiff_t stride, int tokens, int padded, int d, const int8_room *to) {
    const column_scale scale = scale_columns(keys + d, stride, tokens, to->key_steps + d);
    for (int t = 0; t < padded; t += 16) {
        f32x16 a[16], b[16];
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++)
            a[i] = t + i < tokens ? (f32x16)quantised16(keys + (t + i) * stride + d, scale) : splat(0);
        shuffle_round(a, b);
        shuffle_round(b, a);
        shuffle_round(a, b);
        shuffle_round(b, a);
        i32x16 sum = d == 0 ? splat_int(0) : load_ints(to->zeros + t);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i += 4) {
            const i32x16 k0 = (i32x16)a[i], k1 = (i32x16)a[i + 1], k2 = (i32x16)a[i + 2], k3 = (i32x16)a[i + 3];
            store_ints(to->keys + ((ptrdiff_t)(d + i) / 4 * padded + t) * 4, interleaved(k0, k1, k2, k3));
            sum += ((k0 + k1) + (k2 + k3)) * QUERY_ZERO;
        }
        store_ints(to->zeros + t, sum);
    }
}

// Sixteen columns of values, from column d on.
INLINE void pack_values(const float *values, ptrdiff_t stride, int tokens, int width, int d,
                        const int8_room *to) {
    const column_scale scale = scale_columns(values + d, stride, tokens, to->value_steps + d);
    store(to->value_middles + d, scale.middle);
    for (int t = 0; t < tokens; t += 4) {
        i32x16 v[4];
#pragma clang loop unroll(full)
        for (int i = 0; i < 4; i++)
            v[i] = t + i < tokens ? quantised16(values + (t + i) * stride + d, scale) : splat_int(0);
        store_ints(to->values + (ptrdiff_t)t * width + d * 4, interleaved(v[0], v[1], v[2], v[3]));
    }
}

// One head's query in steps of the keys, as bytes about QUERY_ZERO; returns its scale.
INLINE float quantise_query(const float *query, const float *key_steps, int width, uint8_t *q) {
    f32x16 largest = splat(0);
    for (int d = 0; d < width; d += 16) {
        const f32x16 x = load(query + d) * load(key_steps + d);
        largest = max16(largest, max16(x, -x));
    }
    const float magnitude = max_lanes(largest);
    const float steps = magnitude > 1e-30f ? 127.0f / magnitude : 0.0f;
    for (int d = 0; d < width; d += 16) {
        const f32x16 x = load(query + d) * load(key_steps + d) * splat(steps);
        const u8x16 bytes = __builtin_convertvector(rounded16(x) + QUERY_ZERO, u8x16);
        __builtin_memcpy(q + d, &bytes, sizeof bytes);
    }
    return magnitude / 127.0f;
}

// 255 * 2^x to the nearest integer, for x <= 0; 2^x is within 1e-4 of its value.
INLINE i32x16 weight16(f32x16 x) {
    x = max16(x, splat(-20.0f));
    const f32x16 shifted = x + splat(ROUNDER);
    const f32x16 f = x - (shifted - splat(ROUNDER));
    f32x16 p = splat(0.0551716268f);
    p = fma16(p, f, splat(0.240198866f));
    p = fma16(p, f, splat(0.693254173f));
    p = fma16(p, f, splat(1.0f));
    p = (f32x16)((i32x16)p + ((i32x16)shifted << 23));
    return (i32x16)fma16(p, splat(255.0f), splat(ROUNDER)) - (i32x16)splat(ROUNDER);
}

// Scores to bytes of softmax weights, the largest 255 and those beyond the tokens 0; returns 1 / their sum.
INLINE float weigh_row(int32_t *scores, const int32_t *zeros, int tokens, float scale, uint8_t *weights) {
    i32x16 largest = splat_int(INT32_MIN);
    for (int t = 0; t < tokens; t += 16) {
        i32x16 z = load_ints(scores + t) - load_ints(zeros + t);
        if (tokens - t < 16) {
            const i32x16 inside = lanes_below(tokens - t);
            z = (z & inside) | (~inside & splat_int(-(1 << 30)));
        }
        store_ints(scores + t, z);
        largest = max_ints(largest, z);
    }
    const i32x16 top = splat_int(max_int_lanes(largest));
    i32x16 total = splat_int(0);
    for (int t = 0; t < tokens; t += 16) {
        const f32x16 below = __builtin_convertvector(load_ints(scores + t) - top, f32x16);
        const i32x16 w = weight16(below * splat(scale));
        const u8x16 bytes = __builtin_convertvector(w, u8x16);
        __builtin_memcpy(weights + t, &bytes, sizeof bytes);
        total += w;
    }
    return 1.0f / (float)sum_int_lanes(total);
}

INLINE void sums_part(const int rows, const int vectors, const uint8_t *x, ptrdiff_t x_stride,
                      const int8_t *panel, ptrdiff_t group_stride, int groups, int32_t *out,
                      ptrdiff_t out_stride) {
    i32x16 acc[INT8_ROWS][INT8_VECTORS];
    int8_tile(rows, vectors, x, x_stride, panel, group_stride, groups, acc);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store_ints(out + r * out_stride + 16 * v, acc[r][v]);
}

INLINE void sums_row_block(const int rows, int columns, const uint8_t *x, ptrdiff_t x_stride,
                           const int8_t *panel, int groups, int32_t *out, ptrdiff_t out_stride) {
    int j = 0;
#define PART(V)                                                                                            \
    for (; columns - j >= 16 * V; j += 16 * V)                                                              \
        sums_part(rows, V, x, x_stride, panel + 4 * j, 4 * (ptrdiff_t)columns, groups, out + j, out_stride);
#if INT8_VECTORS >= 3
    PART(3)
#endif
#if INT8_VECTORS >= 2
    PART(2)
#endif
    PART(1)
#undef PART
}

// out (rows, columns) = x (rows, 4 * groups) times panel (groups, columns, 4).
static void small_sums(int rows, int columns, const uint8_t *x, ptrdiff_t x_stride, const int8_t *panel,
                       int groups, int32_t *out, ptrdiff_t out_stride) {
#define BLOCK(n)                                                                                           \
    sums_row_block(n <= INT8_ROWS ? n : INT8_ROWS, columns, x, x_stride, panel, groups, out, out_stride)
    FOR_ROWS(rows, BLOCK)
#undef BLOCK
}

// out = what the weights make of the values, back in single precision.
INLINE void finish_values(const int32_t *sums, const int8_room *room, int width, float factor, float *out) {
    for (int d = 0; d < width; d += 16) {
        const f32x16 y = __builtin_convertvector(load_ints(sums + d), f32x16);
        store(out + d, fma16(y, load(room->value_steps + d) * splat(factor), load(room->value_middles + d)));
    }
}

static void attention_int8(const slmd_attention *a) {
    const int head_width = a->head_width, padded = (a->tokens + 15) / 16 * 16;
    const ptrdiff_t width = (ptrdiff_t)a->heads * head_width;
    const int8_room room = cut_up(a->scratch, padded, head_width);
    for (int head = 0; head < a->heads; head++) {
        const float *queries = a->qkv + head * head_width;
        for (int d = 0; d < head_width; d += 16) {
            pack_keys(queries + width, a->qkv_stride, a->tokens, padded, d, &room);
            pack_values(queries + 2 * width, a->qkv_stride, a->tokens, head_width, d, &room);
        }
        for (int row = a->first; row < a->last; row += INT8_ROWS) {
            const int rows = a->last - row < INT8_ROWS ? a->last - row : INT8_ROWS;
            float scales[INT8_ROWS];
            for (int r = 0; r < rows; r++)
                scales[r] = quantise_query(queries + (row + r) * a->qkv_stride, room.key_steps, head_width,
                                           room.queries + r * head_width);
            small_sums(rows, padded, room.queries, head_width, room.keys, head_width / 4, room.sums,
                       room.sums_stride);
            for (int r = 0; r < rows; r++)
                scales[r] = weigh_row(room.sums + r * room.sums_stride, room.zeros, a->tokens, scales[r],
                                      room.weights + r * padded);
            small_sums(rows, head_width, room.weights, padded, room.values, (a->tokens + 3) / 4, room.sums,
                       room.sums_stride);
            for (int r = 0; r < rows; r++)
                finish_values(room.sums + r * room.sums_stride, &room, head_width, scales[r],
                              a->out + (row - a->first + r) * a->out_stride + head * head_width);
        }
    }
}
