// Of the C library, what is not part of Swift's Glibc module.
#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/timex.h>

// sys/mman.h, with _GNU_SOURCE
int memfd_create(const char *name, unsigned int flags);
static const unsigned int closesOnExec = 1U; // MFD_CLOEXEC

// pthread.h, with _GNU_SOURCE
int pthread_setname_np(pthread_t thread, const char *name);

// sys/resource.h, with _GNU_SOURCE
int prlimit(int process, __rlimit_resource_t resource, const struct rlimit *limit, struct rlimit *former);
// RLIMIT_*, which are of another type there
static const int limitOfAddressSpace = RLIMIT_AS;
static const int limitOfProcessorTime = RLIMIT_CPU;
static const int limitOfCore = RLIMIT_CORE;
