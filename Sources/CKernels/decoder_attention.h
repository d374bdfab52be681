// Softmax attention over pages of keys and values, page after page with a running largest score. Part of decoder_body.h.
//
// A tile holds some queries that share a head of keys: the heads of a group, and the rows of a prompt. Each query's
// numbers are those it has in any tile: what it may not see has the weight 0 and leaves its sums as they are.

enum { PAGE_PANELS = SLMD_PAGE / 16 };

#define LEAST_SCORE (-1e30f)

INLINE f32x16 cached(const int in_halves, const void *from, ptrdiff_t index) {
    return in_halves ? load_half((const uint16_t *)from + index) : load((const float *)from + index);
}

// One query of a tile.
typedef struct {
    int begin, end;  // positions it sees
    float largest;   // score so far
} query;

// Scratch, cut up: queries and sums (rows, head_width), weights (rows, SLMD_PAGE).
typedef struct {
    float *queries, *sums, *weights;
    int width;
} tile_room;

// Pages lie apart, so the processor does not foresee the next one: what is read here is asked for there.
INLINE void score_panels(const int rows, const int count, const int in_halves, const uint8_t *keys,
                         const uint8_t *next_keys, int panel, const tile_room *room) {
    f32x16 score[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) score[r][0] = score[r][1] = splat(0);
    for (int d = 0; d < room->width; d++) {
        f32x16 key[2];
#pragma clang loop unroll(full)
        for (int v = 0; v < count; v++) {
            const ptrdiff_t at = ((ptrdiff_t)(panel + v) * room->width + d) * 16;
            key[v] = cached(in_halves, keys, at);
            __builtin_prefetch(next_keys + at * (in_halves ? 2 : 4));
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
            for (int v = 0; v < count; v++)
                score[r][v] = fma16(key[v], splat(room->queries[r * room->width + d]), score[r][v]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < count; v++) store(room->weights + r * SLMD_PAGE + 16 * (panel + v), score[r][v]);
}

// sums = sums * factor + weights · values, for positions first ..< last of a page and 16 * count columns.
INLINE void add_values(const int rows, const int count, const int in_halves, const uint8_t *values,
                       const uint8_t *next_values, int column, int first, int last, const float factors[TILE_ROWS],
                       const tile_room *room) {
    f32x16 sum[TILE_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < count; v++)
            sum[r][v] = load(room->sums + r * room->width + column + 16 * v) * splat(factors[r]);
    for (int t = first; t < last; t++) {
        f32x16 value[2];
#pragma clang loop unroll(full)
        for (int v = 0; v < count; v++) {
            const ptrdiff_t at = (ptrdiff_t)t * room->width + column + 16 * v;
            value[v] = cached(in_halves, values, at);
            __builtin_prefetch(next_values + at * (in_halves ? 2 : 4));
        }
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
            for (int v = 0; v < count; v++)
                sum[r][v] = fma16(value[v], splat(room->weights[r * SLMD_PAGE + t]), sum[r][v]);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < count; v++) store(room->sums + r * room->width + column + 16 * v, sum[r][v]);
}

// All ones in the lanes from `first` to below `last`.
INLINE i32x16 lanes_between(int first, int last) {
    const i32x16 lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    return (lane >= splat_int(first)) & (lane < splat_int(last));
}

// Scores of a page become weights, relative to the largest score so far; returns what earlier sums must be scaled by.
INLINE float weigh(query *q, int start, float *weights, f32x16 *total) {
    f32x16 score[PAGE_PANELS], largest = splat(LEAST_SCORE);
    i32x16 seen[PAGE_PANELS];
#pragma clang loop unroll(full)
    for (int v = 0; v < PAGE_PANELS; v++) {
        seen[v] = lanes_between(q->begin - start - 16 * v, q->end - start - 16 * v);
        score[v] = select16(seen[v], load(weights + 16 * v), splat(LEAST_SCORE));
        largest = max16(largest, score[v]);
    }
    const float page_largest = max_lanes(largest), before = q->largest;
    q->largest = page_largest > before ? page_largest : before;
    const float factor = exp2_16(splat(before - q->largest))[0];
    f32x16 sum = *total * splat(factor);
#pragma clang loop unroll(full)
    for (int v = 0; v < PAGE_PANELS; v++) {
        const f32x16 weight = select16(seen[v], exp2_16(score[v] - splat(q->largest)), splat(0));
        store(weights + 16 * v, weight);
        sum += weight;
    }
    *total = sum;
    return factor;
}

// Queries index ..< index + rows of those that heads first_head ..< first_head + heads have in all rows.
INLINE void attend_tile(const int rows, const int in_halves, const slmd_paged_attention *a, int key_head, int first_head,
                        int heads, int index) {
    const int width = a->head_width, size = in_halves ? 2 : 4;
    const tile_room room = {a->scratch, a->scratch + TILE_ROWS * width, a->scratch + 2 * TILE_ROWS * width, width};
    query q[TILE_ROWS];
    f32x16 total[TILE_ROWS];
    for (int r = 0; r < rows; r++) {
        const int row = (index + r) / heads, head = first_head + (index + r) % heads;
        const float *from = a->queries + row * a->query_stride + (ptrdiff_t)head * width;
        for (int d = 0; d < width; d += 16) {
            store(room.queries + r * width + d, load(from + d) * splat(a->scale * 1.44269504f));
            store(room.sums + r * width + d, splat(0));
        }
        const int end = a->first + row + 1;
        q[r] = (query){end > a->window ? end - a->window : 0, end, LEAST_SCORE};
        total[r] = splat(0);
    }
    const ptrdiff_t head_at = (ptrdiff_t)key_head * SLMD_PAGE * width * size;
    const int last_page = (q[rows - 1].end - 1) / SLMD_PAGE;
    for (int page = q[0].begin / SLMD_PAGE; page <= last_page; page++) {
        const int start = page * SLMD_PAGE;
        const uint8_t *at = a->pages[page] + head_at, *next = a->pages[page < last_page ? page + 1 : page] + head_at;
        const uint8_t *keys = at + a->keys, *values = at + a->values;
        const uint8_t *next_keys = next + a->keys, *next_values = next + a->values;
        if (rows <= ROWS_FOR_TWO)
            score_panels(rows, 2, in_halves, keys, next_keys, 0, &room);
        else
            for (int panel = 0; panel < PAGE_PANELS; panel++)
                score_panels(rows, 1, in_halves, keys, next_keys, panel, &room);
        float factors[TILE_ROWS];
        for (int r = 0; r < rows; r++) factors[r] = weigh(&q[r], start, room.weights + r * SLMD_PAGE, &total[r]);
        const int first = q[0].begin > start ? q[0].begin - start : 0;
        const int last = q[rows - 1].end - start < SLMD_PAGE ? q[rows - 1].end - start : SLMD_PAGE;
        int column = 0;
        if (rows <= ROWS_FOR_TWO)
            for (; width - column >= 32; column += 32)
                add_values(rows, 2, in_halves, values, next_values, column, first, last, factors, &room);
        for (; column < width; column += 16)
            add_values(rows, 1, in_halves, values, next_values, column, first, last, factors, &room);
    }
    for (int r = 0; r < rows; r++) {
        const int row = (index + r) / heads, head = first_head + (index + r) % heads;
        const f32x16 share = splat(1.0f / sum_lanes(total[r]));
        for (int d = 0; d < width; d += 16)
            store(a->out + row * a->out_stride + (ptrdiff_t)head * width + d,
                  load(room.sums + r * width + d) * share);
    }
}

INLINE void attend_group(const int in_halves, const slmd_paged_attention *a, int key_head, int first, int heads) {
    for (int index = 0; index < a->rows * heads; index += TILE_ROWS) {
        const int left = a->rows * heads - index < TILE_ROWS ? a->rows * heads - index : TILE_ROWS;
#define TILE(n) attend_tile(n <= TILE_ROWS ? n : TILE_ROWS, in_halves, a, key_head, first, heads, index)
        FOR_ROWS(left, TILE)
#undef TILE
    }
}

static void attention(const slmd_paged_attention *a) {
    for (int key_head = a->first_head / a->group; key_head * a->group < a->last_head; key_head++) {
        const int begin = key_head * a->group, end = begin + a->group;
        const int first = begin > a->first_head ? begin : a->first_head;
        const int last = end < a->last_head ? end : a->last_head;
        if (a->in_halves)
            attend_group(1, a, key_head, first, last - first);
        else
            attend_group(0, a, key_head, first, last - first);
    }
}

// Halves have a largest number: what is beyond it stays finite.
INLINE void keep_halves(const float *from, uint16_t *to) {
    store_half(to, min16(max16(load(from), splat(-65504.0f)), splat(65504.0f)));
}

static void keep(const float *keys, const float *values, int32_t heads, int32_t head_width, int32_t in_halves,
                 uint8_t *page_keys, uint8_t *page_values, int32_t place) {
    for (int head = 0; head < heads; head++) {
        const ptrdiff_t value_at = ((ptrdiff_t)head * SLMD_PAGE + place) * head_width;
        const ptrdiff_t key_at = ((ptrdiff_t)head * PAGE_PANELS + place / 16) * head_width * 16 + place % 16;
        for (int d = 0; d < head_width; d += 16) {
            const float *key = keys + (ptrdiff_t)head * head_width + d, *value = values + (ptrdiff_t)head * head_width + d;
            if (in_halves) {
                uint16_t halves[16];
                keep_halves(key, halves);
                for (int i = 0; i < 16; i++) ((uint16_t *)page_keys)[key_at + (ptrdiff_t)(d + i) * 16] = halves[i];
                keep_halves(value, (uint16_t *)page_values + value_at + d);
            } else {
                for (int i = 0; i < 16; i++) ((float *)page_keys)[key_at + (ptrdiff_t)(d + i) * 16] = key[i];
                store((float *)page_values + value_at + d, load(value));
            }
        }
    }
}
