// The kernels of learning_kernels.h on vectors of 16 lanes; included once a path with NAME(x) and TARGET defined. The
// compiler splits the vectors into what the path has, lane by lane, so every path gives the same bits.

TARGET static float NAME(dot)(const float *a, const float *b, size_t count) {
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (size_t i = 0; i < count; i += 64) {
        s0 += LOAD(a + i) * LOAD(b + i);
        s1 += LOAD(a + i + 16) * LOAD(b + i + 16);
        s2 += LOAD(a + i + 32) * LOAD(b + i + 32);
        s3 += LOAD(a + i + 48) * LOAD(b + i + 48);
    }
    lanes s = (s0 + s1) + (s2 + s3);
    float t[16];
    memcpy(t, &s, sizeof t);
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) t[i] += t[i + half];
    return t[0];
}

TARGET static void NAME(axpy)(float *y, float alpha, const float *x, size_t count) {
    for (size_t i = 0; i < count; i += 16) STORE(y + i, LOAD(y + i) + alpha * LOAD(x + i));
}

TARGET static void NAME(rows_dot)(float *out, const float *matrix, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) out[r] = NAME(dot)(matrix + r * count, x, count);
}

TARGET static void NAME(rows_axpy)(float *matrix, const float *alphas, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++)
        if (alphas[r] != 0) NAME(axpy)(matrix + r * count, alphas[r], x, count);
}

TARGET static void NAME(unit_rows_axpy)(float *matrix, const float *alphas, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) {
        if (alphas[r] == 0) continue;
        float *row = matrix + r * count;
        NAME(axpy)(row, alphas[r], x, count);
        float length = sqrtf(NAME(dot)(row, row, count));
        if (length > 0) NAME(axpy)(row, 1 / length - 1, row, count);
    }
}

// What the four rows from i on, which begin at `row`, add to a product; one after the other.
TARGET static void NAME(packed_rows_multiply)(float *out, const float *row, const float *x, size_t i) {
    size_t diagonal = i / 64 * 64;  // columns below it stand for their transposes too
    size_t width = diagonal + 64;
    for (size_t j = 0; j < diagonal; j += 16) {
        lanes sum = LOAD(out + j) + x[i] * LOAD(row + j);
        sum = sum + x[i + 1] * LOAD(row + width + j);
        sum = sum + x[i + 2] * LOAD(row + 2 * width + j);
        STORE(out + j, sum + x[i + 3] * LOAD(row + 3 * width + j));
    }
    for (size_t r = 0; r < 4; r++, row += width) out[i + r] += NAME(dot)(row, x, width);
}

TARGET static void NAME(packed_multiply)(float *out, const float *packed, const float *x, size_t count) {
    memset(out, 0, count * sizeof *out);
    const float *row = packed;
    for (size_t i = 0; i < count; i += 4) {
        NAME(packed_rows_multiply)(out, row, x, i);
        row += 4 * (i / 64 * 64 + 64);
    }
}

TARGET static void NAME(packed_downdate)(float *packed, float factor, const float *g, size_t count) {
    float *row = packed;
    for (size_t i = 0; i < count; i++) {
        size_t width = i / 64 * 64 + 64;
        NAME(axpy)(row, -(factor * g[i]), g, width);
        row += width;
    }
}

// Each row is lowered while it is in the nearest cache, then multiplied.
TARGET static void NAME(packed_downdate_multiply)(float *out, float *packed, float factor, const float *g, const float *x,
                                                  size_t count) {
    memset(out, 0, count * sizeof *out);
    float *row = packed;
    for (size_t i = 0; i < count; i += 4) {
        size_t width = i / 64 * 64 + 64;
        for (size_t r = 0; r < 4; r++) NAME(axpy)(row + r * width, -(factor * g[i + r]), g, width);
        NAME(packed_rows_multiply)(out, row, x, i);
        row += 4 * width;
    }
}

TARGET static void NAME(adam)(float *w, float *m, float *v, const lanes *slopes, float rate, float correction) {
    lanes slope = *slopes;
    lanes mean = LOAD(m) * 0.9f + slope * 0.1f;
    lanes square = LOAD(v) * 0.999f + (slope * slope) * 0.001f;
    STORE(m, mean);
    STORE(v, square);
    STORE(w, LOAD(w) - (mean * rate) / (__builtin_elementwise_sqrt(square * correction) + 1e-8f));
}

TARGET static void NAME(rows_adam)(float *w, float *m, float *v, const float *errors, const float *inputs, size_t batch,
                                   size_t rows, size_t count, float rate, float correction) {
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < count; i += 32) {
            lanes s0 = {0}, s1 = {0};
            for (size_t b = 0; b < batch; b++) {
                s0 += errors[b * rows + r] * LOAD(inputs + b * count + i);
                s1 += errors[b * rows + r] * LOAD(inputs + b * count + i + 16);
            }
            size_t at = r * count + i;
            NAME(adam)(w + at, m + at, v + at, &s0, rate, correction);
            NAME(adam)(w + at + 16, m + at + 16, v + at + 16, &s1, rate, correction);
        }
}
