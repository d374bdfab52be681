// Tells ThreadSanitizer what a contended Mutex of Swift orders: it is locked and unlocked by the kernel then, in a library
// that is not instrumented, and everything it guards would be taken for a race. Preloaded by `make sanitize-thread`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>

// Of the sanitizer's runtime; absent in programs that are not instrumented.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

long syscall(long number, ...) {
    static long (*next)(long, ...);
    if (!next) next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    long a[6];
    va_list arguments;
    va_start(arguments, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(arguments, long);
    va_end(arguments);
    const int operation = number == SYS_futex ? (int)a[1] & FUTEX_CMD_MASK : -1;
    if (operation == FUTEX_UNLOCK_PI && __tsan_release) __tsan_release((void *)a[0]);
    const long result = next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    const int is_locked = result == 0 && (operation == FUTEX_LOCK_PI || operation == FUTEX_TRYLOCK_PI);
    if (is_locked && __tsan_acquire) __tsan_acquire((void *)a[0]);
    return result;
}
