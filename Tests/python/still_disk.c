/* Preloaded: whoever reads a file named reports.db, or looks at one named reports.jsonl, waits for ever, as on a disk that
   does not answer. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void stand_still(const char *path, const char *name) {
    const char *end = strrchr(path, '/');
    if (end && strcmp(end, name) == 0)
        for (;;) pause();
}

static void stand_still_at(int descriptor) {
    char link[32], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return;
    path[length] = 0;
    stand_still(path, "/reports.db");
}

#define PREAD(name)                                                             \
    ssize_t name(int descriptor, void *bytes, size_t count, off_t at) {         \
        ssize_t (*next)(int, void *, size_t, off_t) = dlsym(RTLD_NEXT, #name);  \
        stand_still_at(descriptor);                                             \
        return next(descriptor, bytes, count, at);                              \
    }

PREAD(pread)
PREAD(pread64)

#define FSTATAT(name, type)                                                     \
    int name(int folder, const char *path, struct type *status, int flags) {    \
        int (*next)(int, const char *, struct type *, int) = dlsym(RTLD_NEXT, #name); \
        stand_still(path, "/reports.jsonl");                                    \
        return next(folder, path, status, flags);                               \
    }

FSTATAT(fstatat, stat)
FSTATAT(fstatat64, stat64)

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...) {                                \
        int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, #name);          \
        va_list rest;                                                           \
        va_start(rest, flags);                                                  \
        mode_t mode = va_arg(rest, mode_t);                                     \
        va_end(rest);                                                           \
        stand_still(path, "/reports.jsonl");                                    \
        return next(path, flags, mode);                                         \
    }

OPEN(open)
OPEN(open64)
