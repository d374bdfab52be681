// Kernels that work on each row by itself. Part of encoder_body.h.

INLINE void quantise_row(const float *x, int width, uint8_t *q, slmd_row_scale *scale) {
    f32x16 low = splat(0), high = splat(0);
    for (int j = 0; j < width; j += 16) {
        const f32x16 v = load(x + j);
        low = min16(low, v);
        high = max16(high, v);
    }
    const float least = min_lanes(low), span = max_lanes(high) - least;
    const float steps = span > 0 ? 255.0f / span : 0.0f;
    // The zero point is added in float and rounded with the value: low becomes 0, high 255.
    const float zero = (-least * steps + ROUNDER) - ROUNDER;
    for (int j = 0; j < width; j += 16) {
        f32x16 v = fma16(load(x + j), splat(steps), splat(zero));
        v = min16(max16(v, splat(0)), splat(255.0f)) + splat(ROUNDER);
        const i32x16 bits = (i32x16)v;
        const u8x16 bytes = __builtin_convertvector(bits, u8x16);  // the low byte of the rounded sum
        __builtin_memcpy(q + j, &bytes, sizeof bytes);
    }
    *scale = (slmd_row_scale){span / 255.0f, (int32_t)zero};
}

static void quantise(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t width, uint8_t *q,
                     ptrdiff_t q_stride, slmd_row_scale *scales) {
    for (int r = 0; r < rows; r++) quantise_row(x + r * x_stride, width, q + r * q_stride, scales + r);
}

// All ones in the lanes below `count`.
INLINE i32x16 lanes_below(int count) {
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const i32x16 limit = {count, count, count, count, count, count, count, count,
                          count, count, count, count, count, count, count, count};
    return lane < limit;
}

INLINE void layer_norm_row(float *x, int width, const float *gamma, const float *beta, float epsilon) {
    f32x16 total = splat(0), squares = splat(0);
    for (int j = 0; j < width; j += 16) total += load(x + j);  // the padding is zero
    const float mean = sum_lanes(total) / (float)width;
    for (int j = 0; j < width; j += 16) {
        f32x16 d = load(x + j) - splat(mean);
        if (width - j < 16) d = select16(lanes_below(width - j), d, splat(0));
        squares = fma16(d, d, squares);
    }
    const float variance = sum_lanes(squares) / (float)width;
    const float scale = 1.0f / __builtin_elementwise_sqrt(variance + epsilon);
    for (int j = 0; j < width; j += 16) {
        const f32x16 n = (load(x + j) - splat(mean)) * splat(scale);
        store(x + j, fma16(n, load(gamma + j), load(beta + j)));
    }
}

static void layer_norm(float *x, ptrdiff_t stride, int32_t rows, int32_t width, const float *gamma,
                       const float *beta, float epsilon) {
    for (int r = 0; r < rows; r++) layer_norm_row(x + r * stride, width, gamma, beta, epsilon);
}

static void embed_int8(const int8_t *table, const float *scales, const float *positional, const int32_t *ids,
                       int32_t rows, int32_t width, float *out, ptrdiff_t out_stride) {
    for (int r = 0; r < rows; r++) {
        const int8_t *word = table + (ptrdiff_t)ids[r] * width;
        for (int j = 0; j < width; j += 16) {
            s8x16 bytes;
            __builtin_memcpy(&bytes, word + j, sizeof bytes);
            const f32x16 v = __builtin_convertvector(bytes, f32x16);
            const f32x16 position = load(positional + (ptrdiff_t)r * width + j);
            store(out + r * out_stride + j, fma16(v, splat(scales[ids[r]]), position));
        }
    }
}

static void embed_float(const float *table, const float *positional, const int32_t *ids, int32_t rows,
                        int32_t width, float *out, ptrdiff_t out_stride) {
    for (int r = 0; r < rows; r++) {
        const float *word = table + (ptrdiff_t)ids[r] * width;
        for (int j = 0; j < width; j += 16)
            store(out + r * out_stride + j, load(word + j) + load(positional + (ptrdiff_t)r * width + j));
    }
}
