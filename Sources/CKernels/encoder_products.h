// Products of rows with packed panels. Part of encoder_body.h.

// acc (rows, vectors) = x (rows, depth) times panel (depth, 16 * vectors).
INLINE void float_tile(const int rows, const int vectors, const float *x, ptrdiff_t x_stride,
                       const float *panel, ptrdiff_t panel_stride, int depth,
                       f32x16 acc[FLOAT_ROWS][FLOAT_VECTORS]) {
    f32x16 sum[FLOAT_ROWS][FLOAT_VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
    for (int k = 0; k < depth; k++) {
        f32x16 b[FLOAT_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) b[v] = load(panel + k * panel_stride + 16 * v);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            f32x16 a = splat(x[r * x_stride + k]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sum[r][v] = fma16(a, b[v], sum[r][v]);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) acc[r][v] = sum[r][v];
}

INLINE void int8_block(const int rows, const slmd_int8_weights *w, int column, const uint8_t *q,
                       ptrdiff_t q_stride, const slmd_row_scale *scales, slmd_epilogue epilogue, float *out,
                       ptrdiff_t out_stride) {
    i32x16 acc[INT8_ROWS][INT8_VECTORS];
    const int8_t *panel = w->panels + (ptrdiff_t)(column / SLMD_PANEL) * SLMD_PANEL * w->inputs +
                          column % SLMD_PANEL * SLMD_GROUP;
    int8_tile(rows, INT8_VECTORS, q, q_stride, panel, SLMD_PANEL * SLMD_GROUP, w->inputs / SLMD_GROUP, acc);
#pragma clang loop unroll(full)
    for (int v = 0; v < INT8_VECTORS; v++) {
        const int j = column + 16 * v;
        i32x16 sums;
        __builtin_memcpy(&sums, w->sums + j, sizeof sums);
        const f32x16 column_scales = load(w->scales + j), bias = load(w->bias + j);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const int zero = scales[r].zero;
            const i32x16 zeros = {zero, zero, zero, zero, zero, zero, zero, zero,
                                  zero, zero, zero, zero, zero, zero, zero, zero};
            f32x16 y = __builtin_convertvector(acc[r][v] - zeros * sums, f32x16);
            finish16(fma16(y, splat(scales[r].scale) * column_scales, bias), epilogue,
                     out + r * out_stride + j);
        }
    }
}

// Panels outside, rows inside: a panel comes from memory once and then serves from the nearest cache.
INLINE void int8_columns(const slmd_int8_weights *w, const uint8_t *q, ptrdiff_t q_stride,
                         const slmd_row_scale *scales, int rows, slmd_epilogue epilogue, float *out,
                         ptrdiff_t out_stride) {
    for (int column = 0; column < w->outputs; column += 16 * INT8_VECTORS) {
        for (int r = 0; r < rows; r += INT8_ROWS) {
            const int left = rows - r < INT8_ROWS ? rows - r : INT8_ROWS;
#define BLOCK(n)                                                                                           \
    int8_block(n <= INT8_ROWS ? n : INT8_ROWS, w, column, q + r * q_stride, q_stride, scales + r, epilogue, \
               out + r * out_stride, out_stride)
            FOR_ROWS(left, BLOCK)
#undef BLOCK
        }
    }
}

static void product_int8(const slmd_int8_weights *w, const uint8_t *q, ptrdiff_t q_stride,
                         const slmd_row_scale *scales, int32_t rows, slmd_epilogue epilogue, float *out,
                         ptrdiff_t out_stride) {
    // One loop an epilogue, so that none is asked for inside.
    switch (epilogue) {
        case SLMD_STORE: int8_columns(w, q, q_stride, scales, rows, SLMD_STORE, out, out_stride); break;
        case SLMD_STORE_GELU:
        case SLMD_STORE_COARSE_GELU:
            int8_columns(w, q, q_stride, scales, rows, SLMD_STORE_COARSE_GELU, out, out_stride);
            break;
        case SLMD_ADD: int8_columns(w, q, q_stride, scales, rows, SLMD_ADD, out, out_stride); break;
    }
}

INLINE void sums_block(const int rows, const slmd_int8_weights *w, int column, const uint8_t *q,
                       ptrdiff_t q_stride, int32_t *out, ptrdiff_t out_stride) {
    i32x16 acc[INT8_ROWS][INT8_VECTORS];
    const int8_t *panel = w->panels + (ptrdiff_t)(column / SLMD_PANEL) * SLMD_PANEL * w->inputs +
                          column % SLMD_PANEL * SLMD_GROUP;
    int8_tile(rows, INT8_VECTORS, q, q_stride, panel, SLMD_PANEL * SLMD_GROUP, w->inputs / SLMD_GROUP, acc);
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < INT8_VECTORS; v++)
            __builtin_memcpy(out + r * out_stride + column + 16 * v, &acc[r][v], sizeof acc[r][v]);
}

static void sums_int8(const slmd_int8_weights *w, const uint8_t *q, ptrdiff_t q_stride, int32_t rows,
                      int32_t *out, ptrdiff_t out_stride) {
    for (int column = 0; column < w->outputs; column += 16 * INT8_VECTORS) {
        for (int r = 0; r < rows; r += INT8_ROWS) {
            const int left = rows - r < INT8_ROWS ? rows - r : INT8_ROWS;
#define BLOCK(n)                                                                                           \
    sums_block(n <= INT8_ROWS ? n : INT8_ROWS, w, column, q + r * q_stride, q_stride,                     \
               out + r * out_stride, out_stride)
            FOR_ROWS(left, BLOCK)
#undef BLOCK
        }
    }
}

INLINE void float_block(const int rows, const slmd_float_weights *w, int column, const float *x,
                        ptrdiff_t x_stride, slmd_epilogue epilogue, float *out, ptrdiff_t out_stride) {
    f32x16 acc[FLOAT_ROWS][FLOAT_VECTORS];
    const float *panel =
        w->panels + (ptrdiff_t)(column / SLMD_PANEL) * SLMD_PANEL * w->inputs + column % SLMD_PANEL;
    float_tile(rows, FLOAT_VECTORS, x, x_stride, panel, SLMD_PANEL, w->inputs, acc);
#pragma clang loop unroll(full)
    for (int v = 0; v < FLOAT_VECTORS; v++) {
        const f32x16 bias = load(w->bias + column + 16 * v);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
            finish16(acc[r][v] + bias, epilogue, out + r * out_stride + column + 16 * v);
    }
}

static void product_float(const slmd_float_weights *w, const float *x, ptrdiff_t x_stride, int32_t rows,
                          slmd_epilogue epilogue, float *out, ptrdiff_t out_stride) {
    for (int column = 0; column < w->outputs; column += 16 * FLOAT_VECTORS) {
        for (int r = 0; r < rows; r += FLOAT_ROWS) {
            const int left = rows - r < FLOAT_ROWS ? rows - r : FLOAT_ROWS;
#define BLOCK(n)                                                                                           \
    float_block(n <= FLOAT_ROWS ? n : FLOAT_ROWS, w, column, x + r * x_stride, x_stride, epilogue,          \
                out + r * out_stride, out_stride)
            FOR_ROWS(left, BLOCK)
#undef BLOCK
        }
    }
}

static void finish(float *y, ptrdiff_t stride, const float *bias, int32_t rows, int32_t width,
                   slmd_epilogue epilogue) {
    for (int r = 0; r < rows; r++)
        for (int j = 0; j < width; j += 16)
            finish16(load(y + r * stride + j) + load(bias + j), epilogue, y + r * stride + j);
}
