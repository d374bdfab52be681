#include "learning_kernels.h"

#include <math.h>
#include <string.h>

#include "cpu.h"

#pragma STDC FP_CONTRACT OFF

// One lane at a time, in the order that defines the results: the reference of the tests.

// Of 16 values, which change.
static float scalar_sum(float *t) {
    for (size_t half = 8; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++) t[i] += t[i + half];
    return t[0];
}

static float scalar_dot(const float *a, const float *b, size_t count) {
    float sums[64] = {0};
    for (size_t i = 0; i < count; i++) sums[i % 64] += a[i] * b[i];
    float t[16];
    for (size_t l = 0; l < 16; l++) t[l] = (sums[l] + sums[l + 16]) + (sums[l + 32] + sums[l + 48]);
    return scalar_sum(t);
}

static void scalar_axpy(float *y, float alpha, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) y[i] += alpha * x[i];
}

static void scalar_rows_dot(float *out, const float *matrix, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) out[r] = scalar_dot(matrix + r * count, x, count);
}

static void scalar_rows_dots(float *out, const float *matrix, const float *xs, size_t rows, size_t vectors, size_t count) {
    for (size_t v = 0; v < vectors; v++) scalar_rows_dot(out + v * rows, matrix, xs + v * count, rows, count);
}

static void scalar_rows_axpy(float *matrix, const float *alphas, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++)
        if (alphas[r] != 0) scalar_axpy(matrix + r * count, alphas[r], x, count);
}

static void scalar_unit_rows_axpy(float *matrix, const float *alphas, const float *x, size_t rows, size_t count) {
    for (size_t r = 0; r < rows; r++) {
        if (alphas[r] == 0) continue;
        float *row = matrix + r * count;
        scalar_axpy(row, alphas[r], x, count);
        float length = sqrtf(scalar_dot(row, row, count));
        if (length > 0) scalar_axpy(row, 1 / length - 1, row, count);
    }
}

static void scalar_packed_multiply_one(float *out, const float *packed, const float *x, size_t count) {
    for (size_t i = 0; i < count; i++) out[i] = 0;
    const float *row = packed;
    for (size_t i = 0; i < count; i++) {
        size_t diagonal = i / 64 * 64;
        float sums[16] = {0};
        for (size_t j = 0; j < diagonal; j++) out[j] += x[i] * row[j];
        for (size_t j = 0; j < diagonal + 64; j++) sums[j % 16] += row[j] * x[j];
        out[i] += scalar_sum(sums);
        row += diagonal + 64;
    }
}

static void scalar_packed_multiply(float *out, const float *packed, const float *xs, size_t vectors, size_t count) {
    for (size_t v = 0; v < vectors; v++) scalar_packed_multiply_one(out + v * count, packed, xs + v * count, count);
}

static void scalar_packed_downdate(float *packed, const float *factors, const float *gs, size_t downdates, size_t count) {
    for (size_t k = 0; k < downdates; k++) {
        const float *g = gs + k * count;
        float *row = packed;
        for (size_t i = 0; i < count; i++) {
            size_t width = i / 64 * 64 + 64;
            for (size_t j = 0; j < width; j++) row[j] += -(factors[k] * g[i]) * g[j];
            row += width;
        }
    }
}

static void scalar_packed_downdate_multiply(float *out, float *packed, const float *factors, const float *gs,
                                            size_t downdates, const float *xs, size_t vectors, size_t count) {
    scalar_packed_downdate(packed, factors, gs, downdates, count);
    scalar_packed_multiply(out, packed, xs, vectors, count);
}

static void scalar_rows_adam(float *w, float *m, float *v, const float *errors, const float *inputs, size_t batch,
                             size_t rows, size_t count, float rate, float correction) {
    for (size_t i = 0; i < rows * count; i++) {
        float slope = 0;
        for (size_t b = 0; b < batch; b++) slope += errors[b * rows + i / count] * inputs[b * count + i % count];
        m[i] = m[i] * 0.9f + slope * 0.1f;
        v[i] = v[i] * 0.999f + (slope * slope) * 0.001f;
        w[i] = w[i] - (m[i] * rate) / (sqrtf(v[i] * correction) + 1e-8f);
    }
}

// The same on vectors. A baseline build splits 16 lanes into what the architecture always has.

typedef float lanes __attribute__((vector_size(64), aligned(4)));

#define LOAD(p) (*(const lanes *)(p))
#define STORE(p, v) (*(lanes *)(p) = (v))

#define TARGET
#define NAME(x) baseline_##x
#include "learning_body.h"
#undef TARGET
#undef NAME

#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2")))
#define NAME(x) avx2_##x
#include "learning_body.h"
#undef TARGET
#undef NAME
#define TARGET __attribute__((target("avx512f")))
#define NAME(x) avx512_##x
#include "learning_body.h"
#undef TARGET
#undef NAME
#define CHOOSE(path, call)                              \
    switch (path) {                                     \
        case SLMD_LEARNING_SCALAR: return scalar_##call; \
        case SLMD_LEARNING_AVX2: return avx2_##call;     \
        case SLMD_LEARNING_AVX512: return avx512_##call; \
        default: return baseline_##call;                 \
    }
#else
#define CHOOSE(path, call)                              \
    switch (path) {                                     \
        case SLMD_LEARNING_SCALAR: return scalar_##call; \
        default: return baseline_##call;                 \
    }
#endif

slmd_learning_path slmd_learning_best_path(void) {
    uint32_t features = slmd_cpu_features();
    if (features & SLMD_CPU_AVX512_VNNI) return SLMD_LEARNING_AVX512;
    if (features & SLMD_CPU_AVX2) return SLMD_LEARNING_AVX2;
    return SLMD_LEARNING_BASELINE;
}

float slmd_learning_dot(slmd_learning_path path, const float *a, const float *b, size_t count) {
    CHOOSE(path, dot(a, b, count))
}

void slmd_learning_axpy(slmd_learning_path path, float *y, float alpha, const float *x, size_t count) {
    CHOOSE(path, axpy(y, alpha, x, count))
}

void slmd_learning_rows_dot(slmd_learning_path path, float *out, const float *matrix, const float *x, size_t rows,
                            size_t count) {
    CHOOSE(path, rows_dot(out, matrix, x, rows, count))
}

void slmd_learning_rows_dots(slmd_learning_path path, float *out, const float *matrix, const float *xs, size_t rows,
                             size_t vectors, size_t count) {
    CHOOSE(path, rows_dots(out, matrix, xs, rows, vectors, count))
}

void slmd_learning_rows_axpy(slmd_learning_path path, float *matrix, const float *alphas, const float *x, size_t rows,
                             size_t count) {
    CHOOSE(path, rows_axpy(matrix, alphas, x, rows, count))
}

void slmd_learning_unit_rows_axpy(slmd_learning_path path, float *matrix, const float *alphas, const float *x,
                                  size_t rows, size_t count) {
    CHOOSE(path, unit_rows_axpy(matrix, alphas, x, rows, count))
}

size_t slmd_learning_packed_count(size_t count) {
    size_t blocks = count / 64;
    return 64 * 64 * (blocks * (blocks + 1) / 2);
}

void slmd_learning_packed_multiply(slmd_learning_path path, float *out, const float *packed, const float *xs,
                                   size_t vectors, size_t count) {
    CHOOSE(path, packed_multiply(out, packed, xs, vectors, count))
}

void slmd_learning_packed_downdate(slmd_learning_path path, float *packed, const float *factors, const float *gs,
                                   size_t downdates, size_t count) {
    CHOOSE(path, packed_downdate(packed, factors, gs, downdates, count))
}

void slmd_learning_packed_downdate_multiply(slmd_learning_path path, float *out, float *packed, const float *factors,
                                            const float *gs, size_t downdates, const float *xs, size_t vectors,
                                            size_t count) {
    CHOOSE(path, packed_downdate_multiply(out, packed, factors, gs, downdates, xs, vectors, count))
}

void slmd_learning_rows_adam(slmd_learning_path path, float *w, float *m, float *v, const float *errors,
                             const float *inputs, size_t batch, size_t rows, size_t count, float rate,
                             float correction) {
    CHOOSE(path, rows_adam(w, m, v, errors, inputs, batch, rows, count, rate, correction))
}

void slmd_learning_dequantise(float *out, size_t stride, const int8_t *values, const float *scales, size_t block,
                              size_t blocks) {
    for (size_t b = 0; b < blocks; b++)
        for (size_t i = 0; i < block; i++) out[b * stride + i] = scales[b] * (float)values[b * block + i];
}

void slmd_learning_round(float *x, float factor, size_t count) {
    // adding and taking away 1.5·2²³ rounds to a whole number, ties to even
    for (size_t i = 0; i < count; i++) x[i] = ((x[i] * factor * 0x1p20f + 0x1.8p23f) - 0x1.8p23f) * 0x1p-20f;
}
