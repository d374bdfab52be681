// Types shared by the kernels of every instruction set.
#ifndef SLMD_VECTORS_H
#define SLMD_VECTORS_H

#include <stdint.h>

// 16 lanes whatever the machine: one register of AVX-512, two of AVX2, four of NEON.
typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef int8_t s8x16 __attribute__((vector_size(16)));

#endif
