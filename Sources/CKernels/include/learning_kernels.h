#ifndef LEARNING_KERNELS_H
#define LEARNING_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The arithmetic of the intent head. Every function gives the same bits on every processor: 64 running sums in a
// fixed tree (16 for a packed row), multiplication and addition never contracted. Lengths are multiples of
// SLMD_LEARNING_LANES.
#define SLMD_LEARNING_LANES 64

/// How many downdates of a packed matrix one pass takes.
#define SLMD_LEARNING_MOST_DOWNDATES 8

/// Which instructions a kernel uses; the results are the same.
typedef enum { SLMD_LEARNING_SCALAR, SLMD_LEARNING_BASELINE, SLMD_LEARNING_AVX2, SLMD_LEARNING_AVX512 } slmd_learning_path;

/// The fastest path this processor has.
slmd_learning_path slmd_learning_best_path(void);

/// Σ a[i]·b[i].
float slmd_learning_dot(slmd_learning_path path, const float *a, const float *b, size_t count);

/// y[i] += alpha·x[i].
void slmd_learning_axpy(slmd_learning_path path, float *y, float alpha, const float *x, size_t count);

/// out[r] = row r of `matrix` (rows, count) · x.
void slmd_learning_rows_dot(slmd_learning_path path, float *out, const float *matrix, const float *x, size_t rows,
                            size_t count);

/// out[v·rows + r] = row r of `matrix` (rows, count) · vector v of `xs` (vectors, count), as rows_dot gives it.
void slmd_learning_rows_dots(slmd_learning_path path, float *out, const float *matrix, const float *xs, size_t rows,
                             size_t vectors, size_t count);

/// Row r of `matrix` (rows, count) += alphas[r]·x; a row whose alpha is 0 is left alone.
void slmd_learning_rows_axpy(slmd_learning_path path, float *matrix, const float *alphas, const float *x, size_t rows,
                             size_t count);

/// The same, and each row that changed is brought back to length 1.
void slmd_learning_unit_rows_axpy(slmd_learning_path path, float *matrix, const float *alphas, const float *x,
                                  size_t rows, size_t count);

/// Floats a packed symmetric matrix of `count` rows takes: row i holds columns 0 ..< 64·(i/64 + 1).
size_t slmd_learning_packed_count(size_t count);

/// out[v·count + i] = (P·x)[i] for a packed symmetric P and each row x of `xs` (vectors, count), in one pass over P.
void slmd_learning_packed_multiply(slmd_learning_path path, float *out, const float *packed, const float *xs,
                                   size_t vectors, size_t count);

/// P -= factors[k]·g·gᵀ for each row g of `gs` (downdates, count) in turn, for a packed symmetric P; `downdates` is at
/// most SLMD_LEARNING_MOST_DOWNDATES.
void slmd_learning_packed_downdate(slmd_learning_path path, float *packed, const float *factors, const float *gs,
                                   size_t downdates, size_t count);

/// The downdates, then the products, in one pass over P.
void slmd_learning_packed_downdate_multiply(slmd_learning_path path, float *out, float *packed, const float *factors,
                                            const float *gs, size_t downdates, const float *xs, size_t vectors,
                                            size_t count);

/// One step of Adam (Kingma, Ba 2015; decays 0.9 and 0.999) on weights w (rows, count) with means m and squares v. The
/// gradient is the sum of errors (batch, rows) times inputs (batch, count). `rate` has the correction of the means in
/// it, `correction` is 1 / (1 - 0.999^step).
void slmd_learning_rows_adam(slmd_learning_path path, float *w, float *m, float *v, const float *errors,
                             const float *inputs, size_t batch, size_t rows, size_t count, float rate,
                             float correction);

/// out[b·stride + i] = scales[b]·values[b·block + i], for i < block and b < blocks.
void slmd_learning_dequantise(float *out, size_t stride, const int8_t *values, const float *scales, size_t block,
                              size_t blocks);

/// x[i] = factor·x[i], rounded to a multiple of 2⁻²⁰; |factor·x[i]| ≤ 2.
void slmd_learning_round(float *x, float factor, size_t count);

#endif
