// Kernels that work on each row by itself. Part of decoder_body.h.

// A block of activations, in bytes or as it is.
INLINE void put_block(f32x16 low, f32x16 high, const slmd_activations *to, int row, int column) {
    const ptrdiff_t at = (ptrdiff_t)row * to->width + column;
    if (!to->bytes) {
        store(to->floats + at, low);
        store(to->floats + at + 16, high);
        return;
    }
    const float largest = max_lanes(max16(low, high)), least = min_lanes(min16(low, high));
    const float offset = 0.5f * (least + largest), span = largest - least;
    const float steps = span > 1e-30f ? 254.0f / span : 0.0f;
    const i32x16 numbers[2] = {rounded16((low - splat(offset)) * splat(steps)),
                               rounded16((high - splat(offset)) * splat(steps))};
    slmd_block_scale *scale = to->scales + at / SLMD_BLOCK;
    int total = 0;
    for (int half = 0; half < 2; half++) {
        const s8x16 bytes = __builtin_convertvector(numbers[half], s8x16);
        __builtin_memcpy(to->bytes + at + 16 * half, &bytes, sizeof bytes);
        const int sum = sum_int_lanes(numbers[half]);
        scale->totals[half] = (int16_t)sum;
        total += sum;
    }
    scale->scale = span / 254.0f;
    scale->sum = scale->scale * (float)total;
    scale->offset = offset;
}

static void quantise(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t first, int32_t last,
                     const slmd_activations *to, int32_t to_row) {
    for (int r = 0; r < rows; r++)
        for (int j = first; j < last; j += SLMD_BLOCK)
            put_block(load(x + r * x_stride + j), load(x + r * x_stride + j + 16), to, to_row + r, j);
}

static void norm(const float *x, ptrdiff_t x_stride, int32_t rows, const float *gamma, float epsilon,
                 const slmd_activations *to, int32_t to_row) {
    for (int r = 0; r < rows; r++) {
        const float *row = x + r * x_stride;
        f32x16 squares = splat(0);
        for (int j = 0; j < to->width; j += 16) squares = fma16(load(row + j), load(row + j), squares);
        const float mean = sum_lanes(squares) / (float)to->width;
        const f32x16 scale = splat(1.0f / __builtin_elementwise_sqrt(mean + epsilon));
        for (int j = 0; j < to->width; j += SLMD_BLOCK)
            put_block(load(row + j) * scale * load(gamma + j), load(row + j + 16) * scale * load(gamma + j + 16), to,
                      to_row + r, j);
    }
}

// x / (1 + e^-x), through the power that cannot overflow.
INLINE f32x16 silu16(f32x16 x) {
    const f32x16 power = exp2_16(min16(x, splat(0) - x) * splat(1.44269504f));
    const f32x16 one = splat(1.0f);
    return x * (select16(x < splat(0), power, one) / (one + power));
}

static void gate(const float *gates, ptrdiff_t gates_stride, const float *x, ptrdiff_t x_stride, int32_t rows,
                 int32_t first, int32_t last, const slmd_activations *to, int32_t to_row) {
    for (int r = 0; r < rows; r++) {
        const float *gates_row = gates + r * gates_stride, *row = x + r * x_stride;
        for (int j = first; j < last; j += SLMD_BLOCK)
            put_block(silu16(load(gates_row + j)) * load(row + j),
                      silu16(load(gates_row + j + 16)) * load(row + j + 16), to, to_row + r, j);
    }
}

static void rotate(float *x, int32_t heads, int32_t head_width, int32_t dimensions, const float *cosines,
                   const float *sines) {
    const int half = dimensions / 2;
    for (int head = 0; head < heads; head++) {
        float *low = x + (ptrdiff_t)head * head_width, *high = low + half;
        for (int j = 0; j < half; j++) {
            const float a = low[j], b = high[j];
            low[j] = a * cosines[j] - b * sines[j];
            high[j] = b * cosines[j] + a * sines[j];
        }
    }
}
