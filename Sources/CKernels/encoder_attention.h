// Softmax attention in single precision, a head at a time. Part of encoder_body.h.

// Rotating the eight bits (row, column) by four transposes; one round of perfect shuffles rotates by one.
INLINE void shuffle_round(const f32x16 in[16], f32x16 out[16]) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) {
        out[2 * i] = __builtin_shufflevector(in[i], in[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6,
                                             22, 7, 23);
        out[2 * i + 1] =
            __builtin_shufflevector(in[i], in[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                    15, 31);
    }
}

// keys (tokens, width) to transposed (width, stride), zero beyond the tokens.
INLINE void transpose_keys(const float *keys, ptrdiff_t key_stride, int tokens, int width, float *transposed,
                           ptrdiff_t stride) {
    for (int t = 0; t < tokens; t += 16) {
        for (int d = 0; d < width; d += 16) {
            f32x16 a[16], b[16];
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++)
                a[i] = t + i < tokens ? load(keys + (t + i) * key_stride + d) : splat(0);
            shuffle_round(a, b);
            shuffle_round(b, a);
            shuffle_round(a, b);
            shuffle_round(b, a);
#pragma clang loop unroll(full)
            for (int i = 0; i < 16; i++) store(transposed + (d + i) * stride + t, a[i]);
        }
    }
}

// scores become 2^(score - largest), those beyond the tokens nearly 0; returns 1 / their sum.
INLINE float softmax_row(float *scores, int tokens) {
    for (int t = tokens; t % 16 != 0; t++) scores[t] = -1e30f;
    f32x16 largest = splat(-1e30f), total = splat(0);
    for (int t = 0; t < tokens; t += 16) largest = max16(largest, load(scores + t));
    const f32x16 top = splat(max_lanes(largest));
    for (int t = 0; t < tokens; t += 16) {
        const f32x16 p = exp2_16(load(scores + t) - top);
        store(scores + t, p);
        total += p;
    }
    return 1.0f / sum_lanes(total);
}

INLINE void product_block(const int rows, const int vectors, const float *x, ptrdiff_t x_stride,
                          const float *panel, ptrdiff_t panel_stride, int depth, const float *factors,
                          float *out, ptrdiff_t out_stride) {
    f32x16 acc[FLOAT_ROWS][FLOAT_VECTORS];
    float_tile(rows, vectors, x, x_stride, panel, panel_stride, depth, acc);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++)
            store(out + r * out_stride + 16 * v, factors ? acc[r][v] * splat(factors[r]) : acc[r][v]);
}

// out (rows, width) = x (rows, depth) times panel (depth, width), each row times its factor if there are
// factors.
INLINE void small_product(const int rows, int width, const float *x, ptrdiff_t x_stride, const float *panel,
                          ptrdiff_t panel_stride, int depth, const float *factors, float *out,
                          ptrdiff_t out_stride) {
    int j = 0;
#define PART(V)                                                                                            \
    for (; width - j >= 16 * V; j += 16 * V)                                                                \
        product_block(rows, V, x, x_stride, panel + j, panel_stride, depth, factors, out + j, out_stride);
#if FLOAT_VECTORS >= 3
    PART(3)
#endif
#if FLOAT_VECTORS >= 2
    PART(2)
#endif
    PART(1)
#undef PART
}

static void scores_product(int rows, int width, const float *x, ptrdiff_t x_stride, const float *panel,
                           ptrdiff_t panel_stride, int depth, const float *factors, float *out,
                           ptrdiff_t out_stride) {
#define BLOCK(n)                                                                                           \
    small_product(n <= FLOAT_ROWS ? n : FLOAT_ROWS, width, x, x_stride, panel, panel_stride, depth, factors, \
                  out, out_stride)
    FOR_ROWS(rows, BLOCK)
#undef BLOCK
}

static void attention(const slmd_attention *a) {
    const ptrdiff_t width = (ptrdiff_t)a->heads * a->head_width;
    const int padded = (a->tokens + 15) / 16 * 16;
    // Equal low address bits share a cache set.
    const ptrdiff_t stride = padded % 256 == 0 ? padded + 16 : padded;
    float *keys = a->scratch, *scores = keys + a->head_width * stride;
    for (int head = 0; head < a->heads; head++) {
        const float *queries = a->qkv + head * a->head_width;
        transpose_keys(queries + width, a->qkv_stride, a->tokens, a->head_width, keys, stride);
        for (int row = a->first; row < a->last; row += FLOAT_ROWS) {
            const int rows = a->last - row < FLOAT_ROWS ? a->last - row : FLOAT_ROWS;
            float factors[FLOAT_ROWS];
            scores_product(rows, padded, queries + row * a->qkv_stride, a->qkv_stride, keys, stride,
                           a->head_width, 0, scores, stride);
            for (int r = 0; r < rows; r++) factors[r] = softmax_row(scores + r * stride, a->tokens);
            scores_product(rows, a->head_width, scores, stride, queries + 2 * width, a->qkv_stride,
                           a->tokens, factors,
                           a->out + (row - a->first) * a->out_stride + head * a->head_width, a->out_stride);
        }
    }
}
