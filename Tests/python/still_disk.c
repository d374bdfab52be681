/* Preloaded: whoever reads a file named reports.db waits for ever, as on a disk that does not answer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void stand_still(int descriptor) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    const char *end = strrchr(path, '/');
    if (end && strcmp(end, "/reports.db") == 0)
        for (;;) pause();
}

#define PREAD(name)                                                             \
    ssize_t name(int descriptor, void *bytes, size_t count, off_t at) {         \
        ssize_t (*next)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, #name);  \
        stand_still(descriptor);                                                \
        return next(descriptor, bytes, count, at);                              \
    }

PREAD(pread)
PREAD(pread64)
