// The reference: plain integer loops, and the shared floating-point code on the baseline of the architecture.
#include "encoder_simd.h"

#define KERNELS slmd_encoder_scalar
#define KERNELS_NAME "scalar"
// There may be no fused multiply-add here, and emulating it is slow.
#define BLAS_ROWS 1
#define INT8_ROWS 1
#define INT8_VECTORS 1
#define FLOAT_ROWS 1
#define FLOAT_VECTORS 1

static inline __attribute__((always_inline)) void int8_tile(const int rows, const int vectors,
                                                            const uint8_t *q, ptrdiff_t q_stride,
                                                            const int8_t *panel, ptrdiff_t group_stride,
                                                            int groups, i32x16 acc[INT8_ROWS][INT8_VECTORS]) {
    (void)vectors;  // always 1
    for (int r = 0; r < rows; r++) {
        for (int column = 0; column < 16; column++) {
            int32_t sum = 0;
            for (int k = 0; k < groups * SLMD_GROUP; k++) {
                const int8_t *group = panel + k / SLMD_GROUP * group_stride;
                sum += q[r * q_stride + k] * group[column * SLMD_GROUP + k % SLMD_GROUP];
            }
            acc[r][0][column] = sum;
        }
    }
}

#include "encoder_body.h"
