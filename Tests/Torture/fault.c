// Loaded into a program with LD_PRELOAD: counts what it does to files below one directory, and at one of these points
// ends the program or fails the call.
//
// TORTURE_DIR    the directory, absolute
// TORTURE_AT     the point, from 1; 0 never. Points are creations, writes, truncations, renames, removals and syncs.
// TORTURE_MODE   kill: SIGKILL before the call, what the kernel has stays
//                torn: as kill, after half of the bytes of a write
//                drop: as a power cut: what was not synced is undone first, contents and directory entries
//                short: a write takes half of its bytes and says so
//                or the number of an errno that the call fails with, once
// TORTURE_COUNT  a file that gets the number of points at the end
//
// The undoing is stricter than a disk: nothing reaches it before it is synced.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum kind { CONTENT, CREATED, RENAMED, REMOVED };

// What takes one change back, newest first.
struct change {
    struct change *older;
    enum kind kind;
    dev_t device;
    ino_t inode;          // of the file, or of the directory for entries
    int fd;               // CONTENT: the file
    off_t offset, size;   // CONTENT: where, and how long the file was
    size_t count;
    char *bytes;          // CONTENT: what was there
    char *path, *target;  // entries
    char *kept;           // what a rename replaced or a removal took, under a name outside
};

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static struct change *changes;
static const char *directory, *mode;
static long at, points, serial;

#define REAL(name) ((__typeof__(&name))real(#name))

static void *real(const char *name) {
    return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void start(void) {
    directory = getenv("TORTURE_DIR");
    mode = getenv("TORTURE_MODE");
    at = getenv("TORTURE_AT") ? atol(getenv("TORTURE_AT")) : 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("TORTURE_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld\n", points);
    fclose(file);
}

static int concerns_path(const char *path) {
    return directory && path && strncmp(path, directory, strlen(directory)) == 0;
}

static int concerns(int fd) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return concerns_path(path);
}

static int is_mode(const char *name) {
    return mode && strcmp(mode, name) == 0;
}

static struct change *note(enum kind kind, dev_t device, ino_t inode) {
    struct change *change = calloc(1, sizeof *change);
    *change = (struct change){.older = changes, .kind = kind, .device = device, .inode = inode};
    return changes = change;
}

static void note_entry(enum kind kind, const char *path, const char *target, char *kept) {
    if (!is_mode("drop")) return;
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", target ? target : path);
    *strrchr(folder, '/') = 0;
    struct stat stat_;
    if (stat(folder, &stat_) != 0) return;
    struct change *change = note(kind, stat_.st_dev, stat_.st_ino);
    change->path = strdup(path);
    change->target = target ? strdup(target) : NULL;
    change->kept = kept;
}

static void note_content(int fd, off_t offset, size_t count) {
    if (!is_mode("drop")) return;
    struct stat stat_;
    if (fstat(fd, &stat_) != 0) return;
    struct change *change = note(CONTENT, stat_.st_dev, stat_.st_ino);
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    change->fd = REAL(open)(name, O_RDWR | O_CLOEXEC);
    change->offset = offset;
    change->size = stat_.st_size;
    change->bytes = malloc(count);
    ssize_t read_ = pread(change->fd, change->bytes, count, offset);
    change->count = read_ > 0 ? (size_t)read_ : 0;
}

// A second name for what is about to lose its first.
static char *keep(const char *path) {
    if (!is_mode("drop") || access(path, F_OK) != 0) return NULL;
    char kept[4096];
    snprintf(kept, sizeof kept, "%s.kept-%ld", directory, ++serial);
    return link(path, kept) == 0 ? strdup(kept) : NULL;
}

static void synced(int fd) {
    struct stat stat_;
    if (fstat(fd, &stat_) != 0) return;
    int is_directory = S_ISDIR(stat_.st_mode);
    for (struct change **place = &changes; *place;) {
        struct change *change = *place;
        int is_its = change->device == stat_.st_dev && change->inode == stat_.st_ino &&
                     (change->kind == CONTENT) == !is_directory;
        if (!is_its) {
            place = &change->older;
            continue;
        }
        *place = change->older;
        if (change->kind == CONTENT) REAL(close)(change->fd);
        if (change->kept) REAL(unlink)(change->kept);
    }
}

static void undo_all(void) {
    for (struct change *change = changes; change; change = change->older) {
        switch (change->kind) {
        case CONTENT:
            if (change->count) REAL(pwrite)(change->fd, change->bytes, change->count, change->offset);
            REAL(ftruncate)(change->fd, change->size);
            break;
        case CREATED: REAL(unlink)(change->path); break;
        case RENAMED:
            REAL(rename)(change->target, change->path);
            if (change->kept) REAL(rename)(change->kept, change->target);
            break;
        case REMOVED:
            if (change->kept) REAL(rename)(change->kept, change->path);
            break;
        }
    }
}

// A point: returns 0 when the call is to go on, and -1 with errno set when it is to fail.
static int reach(void) {
    if (++points != at) return 0;
    if (is_mode("drop")) undo_all();
    if (is_mode("drop") || is_mode("kill") || is_mode("torn")) kill(getpid(), SIGKILL);
    if (is_mode("short")) return 0;
    errno = atoi(mode);
    return -1;
}

#define GUARDED(condition, call, before)            \
    if (!(condition)) return call;                  \
    pthread_mutex_lock(&lock);                      \
    before;                                         \
    __typeof__(call) result = reach() ? -1 : call;  \
    int saved = errno;

#define DONE                    \
    pthread_mutex_unlock(&lock); \
    errno = saved;              \
    return result;

// As many bytes of a write as its point lets through.
static size_t taken(size_t count) {
    return points + 1 == at && is_mode("short") ? (count + 1) / 2 : count;
}

static void tear(int fd, const void *bytes, size_t count, off_t offset) {
    if (points + 1 != at || !is_mode("torn")) return;
    if (offset < 0) REAL(write)(fd, bytes, count / 2);
    else REAL(pwrite)(fd, bytes, count / 2, offset);
}

ssize_t write(int fd, const void *bytes, size_t count) {
    GUARDED(concerns(fd), REAL(write)(fd, bytes, count), tear(fd, bytes, count, -1); count = taken(count);
            if (points + 1 != at) note_content(fd, lseek(fd, 0, SEEK_CUR), count))
    DONE
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    GUARDED(concerns(fd), REAL(pwrite)(fd, bytes, count, offset), tear(fd, bytes, count, offset); count = taken(count);
            if (points + 1 != at) note_content(fd, offset, count))
    DONE
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
    return pwrite(fd, bytes, count, offset);
}

int ftruncate(int fd, off_t size) {
    GUARDED(concerns(fd), REAL(ftruncate)(fd, size), struct stat stat_;
            if (points + 1 != at && fstat(fd, &stat_) == 0 && stat_.st_size > size)
                note_content(fd, size, (size_t)(stat_.st_size - size)))
    DONE
}

int ftruncate64(int fd, off_t size) {
    return ftruncate(fd, size);
}

int fsync(int fd) {
    GUARDED(concerns(fd), REAL(fsync)(fd), )
    if (result == 0) synced(fd);
    DONE
}

int fdatasync(int fd) {
    GUARDED(concerns(fd), REAL(fdatasync)(fd), )
    if (result == 0) synced(fd);
    DONE
}

int rename(const char *path, const char *target) {
    GUARDED(concerns_path(target), REAL(rename)(path, target), char *kept = keep(target))
    if (result == 0) note_entry(RENAMED, path, target, kept);
    DONE
}

int unlink(const char *path) {
    GUARDED(concerns_path(path) && access(path, F_OK) == 0, REAL(unlink)(path), char *kept = keep(path))
    if (result == 0) note_entry(REMOVED, path, NULL, kept);
    DONE
}

static int open_(const char *path, int flags, mode_t permissions) {
    int is_new = (flags & O_CREAT) && concerns_path(path) && access(path, F_OK) != 0;
    GUARDED(is_new || ((flags & O_TRUNC) && concerns_path(path)), REAL(open)(path, flags, permissions), )
    if (result >= 0 && is_new) note_entry(CREATED, path, NULL, NULL);
    DONE
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_(path, flags, permissions);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t permissions = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return open_(path, flags, permissions);
}
