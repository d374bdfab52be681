#include "decoder_steps.h"

#include <math.h>
#include <string.h>

// No multiply and add is contracted, so that every processor rounds alike.
#pragma STDC FP_CONTRACT OFF

// 16 running sums, whatever the machine.
typedef float f32x16 __attribute__((vector_size(64)));

// It is inlined everywhere, so how a call would pass its vector never matters.
#pragma clang diagnostic ignored "-Wpsabi"

static inline __attribute__((always_inline)) f32x16 load(const float *p) {
    f32x16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static float sum_of_products(const float *a, const float *b, int count) {
    f32x16 sums = {0};
    for (int i = 0; i < count; i += 16) sums += load(a + i) * load(b + i);
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) sums[i] += sums[i + half];
    return sums[0];
}

void slmd_rms_norm(const float *x, int32_t width, const float *gamma, float epsilon, float *out) {
    const float scale = 1.0f / sqrtf(sum_of_products(x, x, width) / (float)width + epsilon);
    for (int i = 0; i < width; i++) out[i] = x[i] * scale * gamma[i];
}

void slmd_rotate(float *x, int32_t heads, int32_t head_width, int32_t dimensions, const float *cosines,
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

void slmd_swiglu(const float *gate, const float *up, int32_t width, float *out) {
    for (int i = 0; i < width; i++) out[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}

// Scores to weights whose sum is returned; the largest score has the weight 1.
static float exponentials(float *scores, int count) {
    float largest = -INFINITY, sum = 0;
    for (int i = 0; i < count; i++) largest = scores[i] > largest ? scores[i] : largest;
    for (int i = 0; i < count; i++) sum += scores[i] = expf(scores[i] - largest);
    return sum;
}

static void attend_head(const slmd_decoder_attention *a, const float *query, int begin, int end, float *out) {
    for (int p = begin; p < end; p++)
        a->scratch[p - begin] =
            a->scale * sum_of_products(query, a->keys + (ptrdiff_t)p * a->head_width, a->head_width);
    const float sum = exponentials(a->scratch, end - begin);
    memset(out, 0, (size_t)a->head_width * sizeof *out);
    for (int p = begin; p < end; p++) {
        const float weight = a->scratch[p - begin] / sum, *value = a->values + (ptrdiff_t)p * a->head_width;
        for (int j = 0; j < a->head_width; j++) out[j] += weight * value[j];
    }
}

void slmd_decoder_attend(const slmd_decoder_attention *a) {
    for (int row = 0; row < a->rows; row++) {
        const int end = a->first + row + 1, begin = end > a->window ? end - a->window : 0;
        for (int head = 0; head < a->heads; head++) {
            const ptrdiff_t at = (ptrdiff_t)head * a->head_width;
            attend_head(a, a->queries + row * a->query_stride + at, begin, end, a->out + row * a->out_stride + at);
        }
    }
}
