#ifndef SLMD_COPENBLAS_SHIM_H
#define SLMD_COPENBLAS_SHIM_H

// Why a shim: Debian's <cblas.h> may be the reference BLAS's, which lacks OpenBLAS's own calls, and the
// include path differs between the two packages. Only these are used, so they are declared here.
//
// Linking costs an idle process about 3 MB of resident memory and one sleeping thread; the buffers of a
// product are allocated at the first one, which only a single-precision encoder makes.

enum CBLAS_ORDER { CblasRowMajor = 101 };
enum CBLAS_TRANSPOSE { CblasNoTrans = 111, CblasTrans = 112 };

void cblas_sgemm(enum CBLAS_ORDER order, enum CBLAS_TRANSPOSE trans_a, enum CBLAS_TRANSPOSE trans_b, int m,
                 int n, int k, float alpha, const float *a, int lda, const float *b, int ldb, float beta,
                 float *c, int ldc);

void openblas_set_num_threads(int threads);

#endif
