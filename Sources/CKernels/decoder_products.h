// Products of rows with packed panels. Part of decoder_body.h.

// Sixteen outputs: what multiplies a block's numbers, one for each half, and what is added.
typedef struct {
    f32x16 scales[2], minimum;
} panel_scales;

INLINE f32x16 unsigned_bytes(const uint8_t *from) {
    u8x16 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, f32x16);
}

INLINE f32x16 signed_bytes(const uint8_t *from) {
    s8x16 bytes;
    __builtin_memcpy(&bytes, from, sizeof bytes);
    return __builtin_convertvector(bytes, f32x16);
}

INLINE panel_scales scales_of(const slmd_block_format format, const uint8_t *panel, int index) {
    panel_scales s = {{splat(0), splat(0)}, splat(0)};
    if (!packed_is_super(format)) {
        const uint8_t *at = packed_quants(format, panel, index) + packed_quant_bytes(format);
        s.scales[0] = s.scales[1] = load_half(at);
        if (packed_is_affine(format)) s.minimum = load_half(at + 32);
        return s;
    }
    const uint8_t *header = packed_header(format, panel, index);
    const int group = index % SLMD_SUPER;
    const f32x16 scale = load_half(header);
    if (format == SLMD_Q6_K) {
        s.scales[0] = scale * signed_bytes(header + 64 + 32 * group);
        s.scales[1] = scale * signed_bytes(header + 80 + 32 * group);
    } else {
        s.scales[0] = s.scales[1] = scale * unsigned_bytes(header + 64 + 16 * group);
        s.minimum = splat(0) - load_half(header + 32) * unsigned_bytes(header + 192 + 16 * group);
    }
    return s;
}

// What a number stands above what it means, which the block's total gives back. Of a byte it is 128 in tiles of more rows than
// SIGNED_BYTE_ROWS.
INLINE int zero_of(const slmd_block_format format, const int rows) {
    return format != SLMD_Q8_0 ? packed_zero(format) : rows > SIGNED_BYTE_ROWS ? 128 : 0;
}

// Adds groups first ..< last of one block to the sums of a tile, and the weights themselves to theirs, where it is given.
INLINE void add_groups(const int rows, const slmd_block_format format, const int first, const int last,
                       const uint8_t *quants, const int8_t *x, ptrdiff_t stride, const slmd_block_scale *scales,
                       ptrdiff_t scales_stride, f32x16 weight_scale, f32x16 sum[TILE_ROWS], f32x16 *weights_sum) {
    i32x16 acc[TILE_ROWS], numbers_sum;
    block_sums(rows, packed_bits(format), first, last, quants, x, stride, acc, weights_sum ? &numbers_sum : 0);
    if (weights_sum) {
        numbers_sum -= splat_int(zero_of(format, rows) * 4 * (last - first));
        *weights_sum = fma16(__builtin_convertvector(numbers_sum, f32x16), weight_scale, *weights_sum);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        const slmd_block_scale *s = scales + r * scales_stride;
        if (zero_of(format, rows) != 0) {
            const int total = (first == 0 ? s->totals[0] : 0) + (last == 8 ? s->totals[1] : 0);
            acc[r] -= splat_int(zero_of(format, rows) * total);
        }
        sum[r] = fma16(__builtin_convertvector(acc[r], f32x16), weight_scale * splat(s->scale), sum[r]);
    }
}

// Bytes that weights are asked for ahead of their use: the processor's own look-ahead is not far enough, and the less so the
// fewer blocks are under way at once.
INLINE int bytes_ahead(const int rows) { return rows == 1 ? 1024 : 2048; }

// The sums of a panel's weights, which multiply what activations are offset by, are taken while they come from memory, in the
// fresh tile, and kept in `weights_sums` for the others.
INLINE void byte_tile(const int rows, const slmd_block_format format, const uint8_t *panel, int blocks,
                      const int is_fresh, const slmd_activations *x, int row, f32x16 *weights_sums,
                      f32x16 sum[TILE_ROWS]) {
    const int8_t *bytes = x->bytes + (ptrdiff_t)row * x->width;
    const ptrdiff_t scales_stride = x->width / SLMD_BLOCK;
    const slmd_block_scale *scales = x->scales + row * scales_stride;
    for (int index = 0; index < blocks; index++, bytes += SLMD_BLOCK, scales++) {
        const uint8_t *quants = packed_quants(format, panel, index);
        if (is_fresh)
#pragma clang loop unroll(full)
            for (int at = 0; at < packed_quant_bytes(format) + 64; at += 64)
                __builtin_prefetch(quants + bytes_ahead(rows) + at);
        const panel_scales s = scales_of(format, panel, index);
        f32x16 weights_sum = is_fresh ? s.minimum * splat(SLMD_BLOCK) : weights_sums[index];
        f32x16 *const taken = is_fresh ? &weights_sum : 0;
        if (format == SLMD_Q6_K) {
            add_groups(rows, format, 0, 4, quants, bytes, x->width, scales, scales_stride, s.scales[0], sum, taken);
            add_groups(rows, format, 4, 8, quants, bytes, x->width, scales, scales_stride, s.scales[1], sum, taken);
        } else {
            add_groups(rows, format, 0, 8, quants, bytes, x->width, scales, scales_stride, s.scales[0], sum, taken);
        }
        if (is_fresh) weights_sums[index] = weights_sum;
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const slmd_block_scale *of_row = scales + r * scales_stride;
            if (packed_is_affine(format)) sum[r] = fma16(s.minimum, splat(of_row->sum), sum[r]);
            sum[r] = fma16(weights_sum, splat(of_row->offset), sum[r]);
        }
    }
}

// The exact weights of input k of a block, which is in its half `half`.
INLINE f32x16 weights_of(const slmd_block_format format, const uint8_t *quants, const panel_scales *s, int k,
                         const int half) {
    const int bits = packed_bits(format), group = k / 4, byte = k % 4 * 8;
    if (bits == 8) {
        const i32x16 number = load_ints(quants + 64 * group) << (24 - byte) >> 24;
        return __builtin_convertvector(number, f32x16) * s->scales[half];
    }
    i32x16 number = load_ints(quants + 64 * (group / 2)) >> (byte + group % 2 * 4) & 15;
    if (bits == 5) number |= (load_ints(quants + 256) >> (byte + group) & 1) << 4;
    if (bits == 6) number |= (load_ints(quants + 256 + 64 * (group / 4)) >> (byte + group % 4 * 2) & 3) << 4;
    const f32x16 value = __builtin_convertvector(number - packed_zero(format), f32x16);
    return packed_is_affine(format) ? fma16(value, s->scales[half], s->minimum) : value * s->scales[half];
}

INLINE void float_tile(const int rows, const slmd_block_format format, const uint8_t *panel, int blocks,
                       const slmd_activations *x, int row, f32x16 sum[TILE_ROWS]) {
    const float *from = x->floats + (ptrdiff_t)row * x->width;
    for (int index = 0; index < blocks; index++, from += SLMD_BLOCK) {
        const uint8_t *quants = packed_quants(format, panel, index);
        panel_scales s;
        if (format != SLMD_F32) s = scales_of(format, panel, index);
#pragma clang loop unroll(full)
        for (int half = 0; half < 2; half++)
            for (int k = 16 * half; k < 16 * half + 16; k++) {
                const f32x16 w = format == SLMD_F32 ? load((const float *)quants + 16 * k)
                                                    : weights_of(format, quants, &s, k, half);
#pragma clang loop unroll(full)
                for (int r = 0; r < rows; r++) sum[r] = fma16(w, splat(from[r * x->width + k]), sum[r]);
            }
    }
}

INLINE void tile(const int rows, const slmd_block_format format, const int in_bytes, const slmd_block_weights *w,
                 int panel, const int is_fresh, const slmd_activations *x, int row, f32x16 *weights_sums, int adds,
                 float *out, ptrdiff_t out_stride) {
    const int blocks = w->inputs / SLMD_BLOCK;
    const uint8_t *at = w->panels + (ptrdiff_t)slmd_panel_bytes(format, w->inputs) * panel;
    f32x16 sum[TILE_ROWS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r] = splat(0);
    if (in_bytes)
        byte_tile(rows, format, at, blocks, is_fresh, x, row, weights_sums, sum);
    else
        float_tile(rows, format, at, blocks, x, row, sum);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        float *to = out + r * out_stride + 16 * panel;
        if (w->bias) sum[r] += load(w->bias + 16 * panel);
        store(to, adds ? load(to) + sum[r] : sum[r]);
    }
}

// So many rows of activations stay in the second cache while panels pass.
enum { CHUNK_ROWS = 64 };

// Panels outside, rows inside: a panel comes from memory once and then serves from the nearest cache.
INLINE void panels(const slmd_block_format format, const int in_bytes, const slmd_block_weights *w,
                   const slmd_activations *x, int row, int rows, int first, int last, int adds, float *out,
                   ptrdiff_t out_stride) {
    f32x16 weights_sums[in_bytes ? w->inputs / SLMD_BLOCK : 1];
#define TILE(n, is_fresh)                                                                                            \
    tile(n <= TILE_ROWS ? n : TILE_ROWS, format, in_bytes, w, panel, is_fresh, x, row + r, weights_sums, adds,       \
         out + r * out_stride, out_stride)
#define FRESH_TILE(n) TILE(n, 1)
#define FURTHER_TILE(n) TILE(n, 0)
    for (int panel = first; panel < last; panel++) {
        int r = 0;
        FOR_ROWS(rows < TILE_ROWS ? rows : TILE_ROWS, FRESH_TILE)
        for (r = TILE_ROWS; r < rows; r += TILE_ROWS) {
            const int left = rows - r < TILE_ROWS ? rows - r : TILE_ROWS;
            FOR_ROWS(left, FURTHER_TILE)
        }
    }
#undef TILE
#undef FRESH_TILE
#undef FURTHER_TILE
}

// A function for each format, so that compilers meet small ones.
#define PANELS(NAME, FORMAT, IN_BYTES)                                                                             \
    static __attribute__((noinline)) void NAME(const slmd_block_weights *w, const slmd_activations *x, int row,    \
                                               int rows, int first, int last, int adds, float *out, ptrdiff_t stride) { \
        panels(FORMAT, IN_BYTES, w, x, row, rows, first, last, adds, out, stride);                                 \
    }
#define BOTH_PANELS(NAME, FORMAT)   \
    PANELS(bytes_##NAME, FORMAT, 1) \
    PANELS(floats_##NAME, FORMAT, 0)
BOTH_PANELS(q4_0, SLMD_Q4_0)
BOTH_PANELS(q4_1, SLMD_Q4_1)
BOTH_PANELS(q5_0, SLMD_Q5_0)
BOTH_PANELS(q5_1, SLMD_Q5_1)
BOTH_PANELS(q8_0, SLMD_Q8_0)
BOTH_PANELS(q4_k, SLMD_Q4_K)
BOTH_PANELS(q5_k, SLMD_Q5_K)
BOTH_PANELS(q6_k, SLMD_Q6_K)
PANELS(floats_f32, SLMD_F32, 0)

static void product(const slmd_block_weights *w, const slmd_activations *x, int32_t row, int32_t rows, int32_t first,
                    int32_t last, int32_t adds, float *out, ptrdiff_t out_stride) {
    for (int r = 0; r < rows; r += CHUNK_ROWS) {
        const int left = rows - r < CHUNK_ROWS ? rows - r : CHUNK_ROWS;
        float *to = out + r * out_stride;
#define CALL(NAME) NAME(w, x, row + r, left, first, last, adds, to, out_stride)
#define CASE(FORMAT, NAME)           \
    case FORMAT:                     \
        if (x->bytes)                \
            CALL(bytes_##NAME);      \
        else                         \
            CALL(floats_##NAME);     \
        break;
        switch (w->format) {
            CASE(SLMD_Q4_0, q4_0)
            CASE(SLMD_Q4_1, q4_1)
            CASE(SLMD_Q5_0, q5_0)
            CASE(SLMD_Q5_1, q5_1)
            CASE(SLMD_Q8_0, q8_0)
            CASE(SLMD_Q4_K, q4_k)
            CASE(SLMD_Q5_K, q5_k)
            CASE(SLMD_Q6_K, q6_k)
            default: CALL(floats_f32); break;
        }
#undef CASE
#undef CALL
    }
}
