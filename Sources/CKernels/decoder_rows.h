// Kernels that work on each row by itself. Part of decoder_body.h.

// A block of activations, in bytes or as it is.
INLINE void put_block(f32x16 low, f32x16 high, const slmd_activations *to, int row, int column) {
    const ptrdiff_t at = (ptrdiff_t)row * to->width + column;
    if (!to->bytes) {
        store(to->floats + at, low);
        store(to->floats + at + 16, high);
        return;
    }
    const f32x16 zero = splat(0);
    const float largest = max_lanes(max16(max16(low, zero - low), max16(high, zero - high)));
    const float steps = largest > 1e-30f ? 127.0f / largest : 0.0f;
    const i32x16 numbers[2] = {rounded16(low * splat(steps)), rounded16(high * splat(steps))};
    slmd_block_scale *scale = to->scales + at / SLMD_BLOCK;
    int total = 0;
    for (int half = 0; half < 2; half++) {
        const s8x16 bytes = __builtin_convertvector(numbers[half], s8x16);
        __builtin_memcpy(to->bytes + at + 16 * half, &bytes, sizeof bytes);
        const int sum = sum_int_lanes(numbers[half]);
        scale->totals[half] = (int16_t)sum;
        total += sum;
    }
    scale->scale = largest / 127.0f;
    scale->sum = scale->scale * (float)total;
}

static void quantise(const float *x, ptrdiff_t x_stride, int32_t rows, int32_t first, int32_t last,
                     const slmd_activations *to, int32_t to_row) {
    for (int r = 0; r < rows; r++)
        for (int j = first; j < last; j += SLMD_BLOCK)
            put_block(load(x + r * x_stride + j), load(x + r * x_stride + j + 16), to, to_row + r, j);
}
