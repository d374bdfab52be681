// malloc.h (malloc_trim, mallopt) is not part of Swift's Glibc module.
#include <malloc.h>
