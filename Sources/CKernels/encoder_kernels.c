// What is chosen or done once: the set of kernels, packing at load, and pooling.
#include "encoder_kernels.h"

#include <math.h>
#include <string.h>

#include "cpu.h"
#include "encoder_simd.h"

static int runnable(const slmd_encoder_kernels *found[8]) {
    int count = 0;
    const uint32_t features = slmd_cpu_features();
    found[count++] = &slmd_encoder_scalar;
#if defined(__x86_64__)
    if (features & SLMD_CPU_AVX2) found[count++] = &slmd_encoder_avx2;
    if (features & SLMD_CPU_AVX_VNNI) found[count++] = &slmd_encoder_avxvnni;
    if (features & SLMD_CPU_AVX512_VNNI) found[count++] = &slmd_encoder_avx512;
#elif defined(__aarch64__)
    if (features & SLMD_CPU_NEON_DOT) found[count++] = &slmd_encoder_neon;
#endif
    return count;
}

const slmd_encoder_kernels *slmd_encoder_kernels_at(int32_t index) {
    const slmd_encoder_kernels *found[8];
    const int count = runnable(found);
    return index >= 0 && index < count ? found[index] : 0;
}

const slmd_encoder_kernels *slmd_encoder_kernels_best(void) {
    const slmd_encoder_kernels *found[8];
    return found[runnable(found) - 1];
}

size_t slmd_attention_scratch(int32_t tokens, int32_t head_width) {
    const size_t padded = ((size_t)tokens + 15) / 16 * 16, width = (size_t)head_width;
    const size_t wider = padded > width ? padded : width, rows = SLMD_MAX_TILE_ROWS;
    const size_t in_floats = (width + rows) * (padded + 16);
    const size_t in_bytes = 3 * width + padded + padded * width / 2 + rows * (wider + (width + padded) / 4);
    return in_floats > in_bytes ? in_floats : in_bytes;
}

static float largest_magnitude(const float *x, int count) {
    float largest = 0;
    for (int i = 0; i < count; i++) {
        const float magnitude = fabsf(x[i]);
        largest = magnitude > largest ? magnitude : largest;
    }
    return largest;
}

// Nearest, ties to even, within -127 … 127.
static inline int8_t quantised(float x, float steps) {
    const float rounder = 12582912.0f;
    const float rounded = (x * steps + rounder) - rounder;
    return (int8_t)(rounded > 127.0f ? 127.0f : rounded < -127.0f ? -127.0f : rounded);
}

void slmd_pack_int8(const float *rows, int32_t outputs, int32_t inputs, int8_t *panels, float *scales,
                    int32_t *sums) {
    for (int n = 0; n < outputs; n++) {
        const float *row = rows + (ptrdiff_t)n * inputs;
        const float largest = largest_magnitude(row, inputs);
        const float steps = largest > 0 ? 127.0f / largest : 0;
        int8_t *panel = panels + (ptrdiff_t)(n / SLMD_PANEL) * SLMD_PANEL * inputs;
        int8_t *column = panel + n % SLMD_PANEL * SLMD_GROUP;
        int32_t sum = 0;
        for (int k = 0; k < inputs; k += SLMD_GROUP) {
            int8_t four[SLMD_GROUP];
            for (int i = 0; i < SLMD_GROUP; i++) sum += four[i] = quantised(row[k + i], steps);
            memcpy(column + (ptrdiff_t)k * SLMD_PANEL, four, sizeof four);
        }
        scales[n] = largest / 127.0f;
        sums[n] = sum;
    }
}

void slmd_pack_float(const float *rows, int32_t outputs, int32_t inputs, float *panels) {
    for (int n = 0; n < outputs; n++) {
        float *column = panels + (ptrdiff_t)(n / SLMD_PANEL) * SLMD_PANEL * inputs + n % SLMD_PANEL;
        for (int k = 0; k < inputs; k++) column[(ptrdiff_t)k * SLMD_PANEL] = rows[(ptrdiff_t)n * inputs + k];
    }
}

void slmd_quantise_table(const float *table, int32_t rows, int32_t width, int32_t stride, int8_t *out,
                         float *scales) {
    for (int r = 0; r < rows; r++) {
        const float *row = table + (ptrdiff_t)r * width;
        const float largest = largest_magnitude(row, width);
        const float steps = largest > 0 ? 127.0f / largest : 0;
        int8_t *to = out + (ptrdiff_t)r * stride;
        for (int j = 0; j < width; j++) to[j] = quantised(row[j], steps);
        memset(to + width, 0, (size_t)(stride - width));
        scales[r] = largest / 127.0f;
    }
}

void slmd_mean_rows(const float *x, ptrdiff_t stride, int32_t rows, int32_t width, float *out) {
    memcpy(out, x, (size_t)width * sizeof *x);
    for (int r = 1; r < rows; r++)
        for (int j = 0; j < width; j++) out[j] += x[r * stride + j];
    for (int j = 0; j < width; j++) out[j] /= (float)rows;
}

void slmd_max_rows(const float *x, ptrdiff_t stride, int32_t rows, int32_t width, float *out) {
    memcpy(out, x, (size_t)width * sizeof *x);
    for (int r = 1; r < rows; r++)
        for (int j = 0; j < width; j++) out[j] = x[r * stride + j] > out[j] ? x[r * stride + j] : out[j];
}

void slmd_normalise(float *x, int32_t width) {
    double squares = 0;
    for (int j = 0; j < width; j++) squares += (double)x[j] * x[j];
    if (squares == 0) return;
    const double norm = sqrt(squares);
    for (int j = 0; j < width; j++) x[j] = (float)(x[j] / norm);
}
