// The reference: plain integer loops, and the shared floating-point code on the baseline of the architecture.
#include "decoder_simd.h"
#include "half.h"

#define KERNELS slmd_decoder_scalar
#define KERNELS_NAME "scalar"
#define TILE_ROWS 1
#define SIGNED_BYTE_ROWS TILE_ROWS
#define ROWS_FOR_TWO 1

static inline __attribute__((always_inline)) f32x16 load_half(const void *from) {
    uint16_t halves[16];
    __builtin_memcpy(halves, from, sizeof halves);
    f32x16 v;
    for (int i = 0; i < 16; i++) v[i] = slmd_half_to_float(halves[i]);
    return v;
}

static inline __attribute__((always_inline)) void store_half(void *to, f32x16 v) {
    uint16_t halves[16];
    for (int i = 0; i < 16; i++) halves[i] = slmd_float_to_half(v[i]);
    __builtin_memcpy(to, halves, sizeof halves);
}

// The number of output `lane` for input k of a block.
static inline int number_at(const int bits, const uint8_t *quants, int lane, int k) {
    const int group = k / 4, at = 4 * lane + k % 4;
    if (bits == 8) return (int8_t)quants[64 * group + at];
    const int low = quants[64 * (group / 2) + at] >> group % 2 * 4 & 15;
    if (bits == 5) return low | (quants[256 + at] >> group & 1) << 4;
    if (bits == 6) return low | (quants[256 + 64 * (group / 4) + at] >> group % 4 * 2 & 3) << 4;
    return low;
}

static inline __attribute__((always_inline)) void block_sums(const int rows, const int bits, const int first,
                                                            const int last, const uint8_t *quants, const int8_t *x,
                                                            ptrdiff_t stride, i32x16 acc[TILE_ROWS],
                                                            i32x16 *numbers_sum) {
    for (int r = 0; r < rows; r++)
        for (int lane = 0; lane < 16; lane++) {
            int sum = 0;
            for (int k = 4 * first; k < 4 * last; k++) sum += number_at(bits, quants, lane, k) * x[r * stride + k];
            acc[r][lane] = sum;
        }
    for (int lane = 0; numbers_sum && lane < 16; lane++) {
        int sum = 0;
        for (int k = 4 * first; k < 4 * last; k++) sum += number_at(bits, quants, lane, k);
        (*numbers_sum)[lane] = sum;
    }
}

static double multiply(int64_t steps) {
    int32_t sum = 0;
    for (int64_t step = 0; step < steps; step++) {
        sum += (int8_t)step * 3;
        __asm__ volatile("" : "+r"(sum));
    }
    return 2.0 * (double)steps;
}

#include "decoder_body.h"
