#ifndef SLMD_ALLOCATIONS_H
#define SLMD_ALLOCATIONS_H

#include <stdint.h>

/// Blocks that the calling thread has allocated since it began; -1 where a sanitizer allocates in the C library's stead.
int64_t slmd_allocations(void);

#endif
