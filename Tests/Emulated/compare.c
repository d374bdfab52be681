// Compares kernels of instruction sets that this processor lacks, emulated, with the scalar reference: every result bit for
// bit. Built and run by `run`.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoder_kernels.h"
#include "decoder_simd.h"
#include "encoder_kernels.h"
#include "encoder_simd.h"
#include "vector_kernels.h"
#include "vector_simd.h"

enum { ROWS = 11, OUTPUTS = 48, INPUTS = 512, HEADS = 6, GROUP = 3, HEAD_WIDTH = 48, POSITIONS = 75 };

static uint64_t state = 1;
static int differing;

static uint32_t draw(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static void *room(size_t bytes) {
    void *start = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!start) abort();
    memset(start, 0, bytes);
    return start;
}

static float *floats(size_t count, float scale) {
    float *x = room(count * sizeof *x);
    for (size_t i = 0; i < count; i++) x[i] = ((float)(draw() & 0xffff) / 32768.0f - 1.0f) * scale;
    return x;
}

static void expect_same(const char *name, const char *what, const void *found, const void *expected, size_t bytes) {
    if (memcmp(found, expected, bytes) == 0) return;
    printf("%s: %s differs from the scalar reference\n", name, what);
    differing++;
}

// Random blocks with scales of usual size.
static uint8_t *random_blocks(slmd_block_format format, int extreme) {
    const size_t size = (size_t)slmd_block_bytes(format);
    const size_t count = (size_t)(OUTPUTS * INPUTS / slmd_block_count(format));
    uint8_t *blocks = room(size * count);
    for (size_t i = 0; i < size * count; i++) blocks[i] = extreme ? 0xff : (uint8_t)draw();
    for (size_t i = 0; i < count; i++) {
        uint8_t *scales = blocks + i * size + (format == SLMD_Q6_K ? 208 : 0);
        for (int half = 0; half < (size > 17 && format != SLMD_Q6_K ? 2 : 1); half++) {
            if (half == 1 && packed_is_affine(format) == 0) break;
            scales[2 * half] = (uint8_t)draw();
            scales[2 * half + 1] = 0x1c;
        }
        if (format == SLMD_Q8_0 && extreme) memset(blocks + i * size + 2, 0x80, 32);
    }
    return blocks;
}

static slmd_activations activations(int width, int in_bytes) {
    slmd_activations a = {.width = width};
    if (in_bytes) {
        a.bytes = room((size_t)(ROWS * width));
        a.scales = room(sizeof *a.scales * (size_t)(ROWS * width / SLMD_BLOCK));
    } else {
        a.floats = room(sizeof(float) * (size_t)(ROWS * width));
    }
    return a;
}

static void compare_activations(const char *name, const char *what, slmd_activations a, slmd_activations b) {
    const size_t count = (size_t)(ROWS * a.width);
    if (a.bytes) {
        expect_same(name, what, a.bytes, b.bytes, count);
        expect_same(name, what, a.scales, b.scales, count / SLMD_BLOCK * sizeof *a.scales);
    } else {
        expect_same(name, what, a.floats, b.floats, count * sizeof(float));
    }
}

static void compare_rows(const slmd_decoder_kernels *found, const slmd_decoder_kernels *expected) {
    const float *x = floats(ROWS * INPUTS, 3), *y = floats(ROWS * INPUTS, 9), *gamma = floats(INPUTS, 1);
    for (int in_bytes = 0; in_bytes < 2; in_bytes++) {
        slmd_activations a = activations(INPUTS, in_bytes), b = activations(INPUTS, in_bytes);
        found->quantise(x, INPUTS, ROWS, 0, INPUTS, &a, 0);
        expected->quantise(x, INPUTS, ROWS, 0, INPUTS, &b, 0);
        compare_activations(found->name, "quantise", a, b);
        found->norm(x, INPUTS, ROWS, gamma, 1e-5f, &a, 0);
        expected->norm(x, INPUTS, ROWS, gamma, 1e-5f, &b, 0);
        compare_activations(found->name, "norm", a, b);
        found->gate(y, INPUTS, x, INPUTS, ROWS, 0, INPUTS, &a, 0);
        expected->gate(y, INPUTS, x, INPUTS, ROWS, 0, INPUTS, &b, 0);
        compare_activations(found->name, "gate", a, b);
    }
}

static void compare_product(const slmd_decoder_kernels *found, const slmd_decoder_kernels *expected,
                            slmd_block_format format, int extreme) {
    uint8_t *panels = room(OUTPUTS / SLMD_BLOCK_OUTPUTS * slmd_panel_bytes(format, INPUTS));
    slmd_pack_blocks(format, random_blocks(format, extreme), OUTPUTS, INPUTS, 0, OUTPUTS / SLMD_BLOCK_OUTPUTS, panels);
    const slmd_block_weights w = {format, INPUTS, panels, floats(OUTPUTS, 1)};
    float *x = floats(ROWS * INPUTS, 3);
    for (int i = 0; i < ROWS * INPUTS && extreme; i++) x[i] = i / 5 % 2 || i < INPUTS ? 3.0f : -3.0f;
    for (int in_bytes = 0; in_bytes < 2; in_bytes++) {
        slmd_activations a = activations(INPUTS, in_bytes);
        expected->quantise(x, INPUTS, ROWS, 0, INPUTS, &a, 0);
        for (int rows = 1; rows <= ROWS; rows++) {
            const size_t count = (size_t)(rows * OUTPUTS);
            float *results[2] = {floats(count, 0), floats(count, 0)};
            found->product(&w, &a, 0, rows, 0, OUTPUTS / SLMD_BLOCK_OUTPUTS, rows % 2, results[0], OUTPUTS);
            expected->product(&w, &a, 0, rows, 0, OUTPUTS / SLMD_BLOCK_OUTPUTS, rows % 2, results[1], OUTPUTS);
            expect_same(found->name, in_bytes ? "product of bytes" : "product of floats", results[0], results[1],
                        count * sizeof(float));
        }
    }
}

static float *attend(const slmd_decoder_kernels *kernels, int in_halves, const float *keys, const float *values,
                     const float *queries, int window) {
    enum { KEY_HEADS = HEADS / GROUP, PAGES = (POSITIONS + SLMD_PAGE - 1) / SLMD_PAGE };
    const size_t part = (size_t)(KEY_HEADS * SLMD_PAGE * HEAD_WIDTH) * (in_halves ? 2 : 4);
    const uint8_t *pages[PAGES];
    for (int page = 0; page < PAGES; page++) {
        uint8_t *start = room(2 * part);
        for (int p = page * SLMD_PAGE; p < POSITIONS && p < (page + 1) * SLMD_PAGE; p++)
            kernels->keep(keys + p * KEY_HEADS * HEAD_WIDTH, values + p * KEY_HEADS * HEAD_WIDTH, KEY_HEADS, HEAD_WIDTH,
                          in_halves, start, start + part, p % SLMD_PAGE);
        pages[page] = start;
    }
    float *out = room(sizeof *out * ROWS * HEADS * HEAD_WIDTH);
    const slmd_paged_attention a = {
        .queries = queries, .query_stride = HEADS * HEAD_WIDTH, .pages = pages, .keys = 0, .values = part,
        .in_halves = in_halves, .rows = ROWS, .first = POSITIONS - ROWS, .window = window, .first_head = 0,
        .last_head = HEADS, .group = GROUP, .head_width = HEAD_WIDTH, .scale = 0.15f, .out = out,
        .out_stride = HEADS * HEAD_WIDTH, .scratch = room(sizeof(float) * slmd_paged_attention_scratch(HEAD_WIDTH))};
    kernels->attention(&a);
    return out;
}

static void compare_attention(const slmd_decoder_kernels *found, const slmd_decoder_kernels *expected) {
    const float *keys = floats(POSITIONS * HEADS * HEAD_WIDTH, 2), *values = floats(POSITIONS * HEADS * HEAD_WIDTH, 2);
    const float *queries = floats(ROWS * HEADS * HEAD_WIDTH, 2);
    for (int in_halves = 0; in_halves < 2; in_halves++)
        for (int window = 20; window <= POSITIONS; window += POSITIONS - 20)
            expect_same(found->name, in_halves ? "attention over halves" : "attention over floats",
                        attend(found, in_halves, keys, values, queries, window),
                        attend(expected, in_halves, keys, values, queries, window),
                        sizeof(float) * ROWS * HEADS * HEAD_WIDTH);
    float *turned[2] = {floats(HEADS * HEAD_WIDTH, 2), 0};
    turned[1] = room(sizeof(float) * HEADS * HEAD_WIDTH);
    memcpy(turned[1], turned[0], sizeof(float) * HEADS * HEAD_WIDTH);
    found->rotate(turned[0], HEADS, HEAD_WIDTH, 40, keys, values);
    expected->rotate(turned[1], HEADS, HEAD_WIDTH, 40, keys, values);
    expect_same(found->name, "rotate", turned[0], turned[1], sizeof(float) * HEADS * HEAD_WIDTH);
}

static void compare_decoder(const slmd_decoder_kernels *found, const slmd_decoder_kernels *expected) {
    static const slmd_block_format formats[] = {SLMD_Q4_0, SLMD_Q4_1, SLMD_Q5_0, SLMD_Q5_1,
                                                SLMD_Q8_0, SLMD_Q4_K, SLMD_Q5_K, SLMD_Q6_K};
    compare_rows(found, expected);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        for (int extreme = 0; extreme < 2; extreme++) compare_product(found, expected, formats[i], extreme);
    compare_attention(found, expected);
    printf("decoder, %s: compared\n", found->name);
}

static void compare_encoder(const slmd_encoder_kernels *found, const slmd_encoder_kernels *expected) {
    enum { N = 96, K = 64 };
    const float *rows = floats(N * K, 0.2f), *x = floats(ROWS * K, 2);
    int8_t *panels = room(N * K);
    float *scales = room(N * sizeof *scales), *results[2] = {floats(ROWS * N, 0), floats(ROWS * N, 0)};
    int32_t *sums = room(N * sizeof *sums);
    slmd_pack_int8(rows, N, K, panels, scales, sums);
    const slmd_int8_weights w = {K, N, panels, scales, sums, floats(N, 1)};
    uint8_t *bytes[2] = {room(ROWS * K), room(ROWS * K)};
    slmd_row_scale row_scales[2][ROWS];
    const slmd_encoder_kernels *both[2] = {found, expected};
    for (int i = 0; i < 2; i++) {
        both[i]->quantise(x, K, ROWS, K, bytes[i], K, row_scales[i]);
        both[i]->product_int8(&w, bytes[i], K, row_scales[i], ROWS, SLMD_STORE_GELU, results[i], N);
    }
    expect_same(found->name, "the encoder's quantise", bytes[0], bytes[1], ROWS * K);
    expect_same(found->name, "the encoder's product of bytes", results[0], results[1], sizeof(float) * ROWS * N);
    printf("encoder, %s: compared\n", found->name);
}

static void compare_vectors(const slmd_vector_kernels *found, const slmd_vector_kernels *expected) {
    enum { WIDTH = 192 };
    for (int extreme = 0; extreme < 2; extreme++) {
        uint8_t *rows = room(ROWS * WIDTH);
        int8_t *query = room(WIDTH);
        for (int i = 0; i < ROWS * WIDTH; i++) rows[i] = extreme ? 255 : (uint8_t)draw();
        for (int i = 0; i < WIDTH; i++) query[i] = extreme ? 127 : (int8_t)draw();
        for (int count = 0; count <= ROWS; count++) {
            int32_t sums[2][ROWS] = {{0}, {0}};
            found->dots(rows, WIDTH, count, query, sums[0]);
            expected->dots(rows, WIDTH, count, query, sums[1]);
            expect_same(found->name, "dots", sums[0], sums[1], sizeof sums[0]);
        }
    }
    printf("vectors, %s: compared\n", found->name);
}

static const slmd_decoder_kernels *const decoders[] = {&slmd_decoder_avxvnni, &slmd_decoder_avx512, &slmd_decoder_neon};
static const slmd_encoder_kernels *const encoders[] = {&slmd_encoder_avxvnni, &slmd_encoder_avx512, &slmd_encoder_neon};
static const slmd_vector_kernels *const vectors[] = {&slmd_vector_avxvnni, &slmd_vector_avx512, &slmd_vector_neon};

int main(void) {
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        compare_decoder(decoders[i], &slmd_decoder_scalar);
        compare_encoder(encoders[i], &slmd_encoder_scalar);
        compare_vectors(vectors[i], &slmd_vector_scalar);
    }
    return differing != 0;
}
