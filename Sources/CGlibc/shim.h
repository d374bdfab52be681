// Of the C library, what is not part of Swift's Glibc module.
#include <malloc.h>
#include <sys/timex.h>

// sys/mman.h, with _GNU_SOURCE
int memfd_create(const char *name, unsigned int flags);
static const unsigned int closesOnExec = 1U; // MFD_CLOEXEC
