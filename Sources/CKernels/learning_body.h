// The kernels of learning_kernels.h on vectors of 16 lanes; included once a path with NAME(x) and TARGET defined. The
// compiler splits the vectors into what the path has, lane by lane, so every path gives the same bits.

// By its address: how a vector is handed over depends on the path.
TARGET static float NAME(sum)(const lanes *s) {
    float t[16];
    memcpy(t, s, sizeof t);
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) t[i] += t[i + half];
    return t[0];
}

TARGET static float NAME(dot)(const float *a, const float *b, size_t count) {
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (size_t i = 0; i < count; i += 64) {
        s0 += LOAD(a + i) * LOAD(b + i);
        s1 += LOAD(a + i + 16) * LOAD(b + i + 16);
        s2 += LOAD(a + i + 32) * LOAD(b + i + 32);
        s3 += LOAD(a + i + 48) * LOAD(b + i + 48);
    }
    lanes s = (s0 + s1) + (s2 + s3);
    return NAME(sum)(&s);
}

// The products of four rows with a vector: the bits of dot, which loads the vector for each. The parts are not unrolled,
// or their sums would not fit the registers.
TARGET static void NAME(dot_four)(float out[4], const float *const rows[4], const float *x, size_t count) {
    lanes sums[4][4];
#pragma clang loop unroll(disable)
    for (size_t part = 0; part < 4; part++) {
        lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        for (size_t i = 16 * part; i < count; i += 64) {
            lanes xs = LOAD(x + i);
            s0 += LOAD(rows[0] + i) * xs;
            s1 += LOAD(rows[1] + i) * xs;
            s2 += LOAD(rows[2] + i) * xs;
            s3 += LOAD(rows[3] + i) * xs;
        }
        sums[0][part] = s0;
        sums[1][part] = s1;
        sums[2][part] = s2;
        sums[3][part] = s3;
    }
    for (size_t r = 0; r < 4; r++) {
        lanes s = (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]);
        out[r] = NAME(sum)(&s);
    }
}

TARGET static void NAME(axpy)(float *y, float alpha, const float *x, size_t count) {
    for (size_t i = 0; i < count; i += 16) STORE(y + i, LOAD(y + i) + alpha * LOAD(x + i));
}

TARGET static void NAME(rows_dot)(float *out, const float *matrix, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) out[r] = NAME(dot)(matrix + r * count, x, count);
}

// Four rows stay in the nearest cache while the vectors pass.
TARGET static void NAME(rows_dots)(float *out, const float *matrix, const float *xs, size_t rows, size_t vectors,
                                   size_t count) {
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
        const float *row = matrix + r * count;
        const float *const four[4] = {row, row + count, row + 2 * count, row + 3 * count};
        for (size_t v = 0; v < vectors; v++) NAME(dot_four)(out + v * rows + r, four, xs + v * count, count);
    }
    for (; r < rows; r++)
        for (size_t v = 0; v < vectors; v++) out[v * rows + r] = NAME(dot)(matrix + r * count, xs + v * count, count);
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

// What the four rows from i on, which begin at `row`, add to a product. Each is read once: for its own sum, and to the
// left of the diagonal block for its transpose.
TARGET static void NAME(packed_rows_multiply)(float *out, const float *row, const float *x, size_t i) {
    size_t diagonal = i / 64 * 64;
    size_t width = diagonal + 64;
    const float *rows[4] = {row, row + width, row + 2 * width, row + 3 * width};
    float x0 = x[i], x1 = x[i + 1], x2 = x[i + 2], x3 = x[i + 3];
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (size_t j = 0; j < diagonal; j += 16) {
        lanes xs = LOAD(x + j), sum = LOAD(out + j);
        lanes a = LOAD(rows[0] + j);
        s0 += a * xs;
        sum += x0 * a;
        a = LOAD(rows[1] + j);
        s1 += a * xs;
        sum += x1 * a;
        a = LOAD(rows[2] + j);
        s2 += a * xs;
        sum += x2 * a;
        a = LOAD(rows[3] + j);
        s3 += a * xs;
        sum += x3 * a;
        STORE(out + j, sum);
    }
    for (size_t j = diagonal; j < width; j += 16) {
        lanes xs = LOAD(x + j);
        s0 += LOAD(rows[0] + j) * xs;
        s1 += LOAD(rows[1] + j) * xs;
        s2 += LOAD(rows[2] + j) * xs;
        s3 += LOAD(rows[3] + j) * xs;
    }
    out[i] += NAME(sum)(&s0);
    out[i + 1] += NAME(sum)(&s1);
    out[i + 2] += NAME(sum)(&s2);
    out[i + 3] += NAME(sum)(&s3);
}

TARGET static void NAME(packed_multiply)(float *out, const float *packed, const float *xs, size_t vectors, size_t count) {
    memset(out, 0, vectors * count * sizeof *out);
    const float *row = packed;
    for (size_t i = 0; i < count; i += 4) {
        for (size_t v = 0; v < vectors; v++) NAME(packed_rows_multiply)(out + v * count, row, xs + v * count, i);
        row += 4 * (i / 64 * 64 + 64);
    }
}

// Lowers the four rows from i on by each g in turn.
TARGET static void NAME(packed_rows_downdate)(float *row, const float *factors, const float *gs, size_t downdates, size_t i,
                                              size_t count) {
    float alphas[SLMD_LEARNING_MOST_DOWNDATES][4];
    for (size_t k = 0; k < downdates; k++)
        for (size_t r = 0; r < 4; r++) alphas[k][r] = -(factors[k] * gs[k * count + i + r]);
    size_t width = i / 64 * 64 + 64;
    for (size_t j = 0; j < width; j += 16) {
        float *at = row + j;
        lanes a = LOAD(at), b = LOAD(at + width), c = LOAD(at + 2 * width), d = LOAD(at + 3 * width);
        for (size_t k = 0; k < downdates; k++) {
            lanes g = LOAD(gs + k * count + j);
            a += alphas[k][0] * g;
            b += alphas[k][1] * g;
            c += alphas[k][2] * g;
            d += alphas[k][3] * g;
        }
        STORE(at, a);
        STORE(at + width, b);
        STORE(at + 2 * width, c);
        STORE(at + 3 * width, d);
    }
}

TARGET static void NAME(packed_downdate)(float *packed, const float *factors, const float *gs, size_t downdates,
                                         size_t count) {
    float *row = packed;
    for (size_t i = 0; i < count; i += 4) {
        NAME(packed_rows_downdate)(row, factors, gs, downdates, i, count);
        row += 4 * (i / 64 * 64 + 64);
    }
}

// Each row is lowered while it is in the nearest cache, then multiplied.
TARGET static void NAME(packed_downdate_multiply)(float *out, float *packed, const float *factors, const float *gs,
                                                  size_t downdates, const float *xs, size_t vectors, size_t count) {
    memset(out, 0, vectors * count * sizeof *out);
    float *row = packed;
    for (size_t i = 0; i < count; i += 4) {
        NAME(packed_rows_downdate)(row, factors, gs, downdates, i, count);
        for (size_t v = 0; v < vectors; v++) NAME(packed_rows_multiply)(out + v * count, row, xs + v * count, i);
        row += 4 * (i / 64 * 64 + 64);
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
