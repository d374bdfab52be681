#define _GNU_SOURCE
#include "encoder_pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// Waiting spins for some tens of microseconds, longer than the gaps inside one forward pass, then sleeps in
// the kernel: an idle pool costs nothing.
enum { SPINS = 4000, CACHE_LINE = 64 };

// A counter that threads wait on. `sleepers` lets a signal skip the system call when nobody sleeps.
typedef struct {
    _Alignas(CACHE_LINE) _Atomic uint32_t value;
    _Atomic uint32_t sleepers;
} event;

typedef struct {
    slmd_pool *pool;
    int32_t member;
    pthread_t thread;
} worker;

struct slmd_pool {
    event started;   // counts runs
    event met;       // counts barriers passed
    event finished;  // counts runs that all workers have left
    _Alignas(CACHE_LINE) _Atomic uint32_t at_barrier;
    _Atomic uint32_t working;
    _Atomic uint32_t ending;
    int32_t threads;
    cpu_set_t allowed;   // the processors this process may use
    int caller_processor;  // where the workers keep away from; -1 before the first run
    void (*body)(void *, int32_t);
    void *context;
    worker workers[64];
};

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void wait_past(event *e, uint32_t seen) {
    for (int spin = 0; spin < SPINS; spin++) {
        if (atomic_load_explicit(&e->value, memory_order_acquire) != seen) return;
        relax();
    }
    atomic_fetch_add(&e->sleepers, 1);
    while (atomic_load(&e->value) == seen) {
        syscall(SYS_futex, &e->value, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
    }
    atomic_fetch_sub(&e->sleepers, 1);
}

static void signal_all(event *e) {
    atomic_fetch_add(&e->value, 1);
    if (atomic_load(&e->sleepers) != 0) {
        syscall(SYS_futex, &e->value, FUTEX_WAKE_PRIVATE, 64, NULL, NULL, 0);
    }
}

static void *work(void *argument) {
    const worker *self = argument;
    slmd_pool *pool = self->pool;
    for (uint32_t run = 0;; run++) {
        wait_past(&pool->started, run);
        if (atomic_load(&pool->ending)) return NULL;
        pool->body(pool->context, self->member);
        if (atomic_fetch_sub(&pool->working, 1) == 1) signal_all(&pool->finished);
    }
}

slmd_pool *slmd_pool_create(int32_t threads) {
    slmd_pool *pool = aligned_alloc(CACHE_LINE, sizeof *pool);
    if (!pool) abort();
    *pool = (slmd_pool){.threads = 1, .caller_processor = -1};
    if (sched_getaffinity(0, sizeof pool->allowed, &pool->allowed) != 0) CPU_ZERO(&pool->allowed);
    for (int32_t member = 1; member < threads; member++) {
        pool->workers[member] = (worker){.pool = pool, .member = member};
        if (pthread_create(&pool->workers[member].thread, NULL, work, &pool->workers[member]) != 0) break;
        pool->threads = member + 1;
    }
    return pool;
}

int32_t slmd_pool_threads(const slmd_pool *pool) { return pool->threads; }

void slmd_pool_destroy(slmd_pool *pool) {
    atomic_store(&pool->ending, 1);
    signal_all(&pool->started);
    for (int32_t member = 1; member < pool->threads; member++)
        pthread_join(pool->workers[member].thread, NULL);
    free(pool);
}

// A woken worker often lands on the processor of the thread that woke it and then waits there for that
// thread, which waits for the worker. So the workers are kept off the caller's processor; moving them is
// one system call each, and needed only when the caller itself has moved.
static void keep_off_the_caller(slmd_pool *pool) {
    int processor = sched_getcpu();
    if (processor == pool->caller_processor || CPU_COUNT(&pool->allowed) < 2) return;
    pool->caller_processor = processor;
    cpu_set_t others = pool->allowed;
    if (processor >= 0) CPU_CLR(processor, &others);
    for (int32_t member = 1; member < pool->threads; member++)
        pthread_setaffinity_np(pool->workers[member].thread, sizeof others, &others);
}

void slmd_pool_run(slmd_pool *pool, void (*body)(void *, int32_t), void *context) {
    if (pool->threads == 1) {
        body(context, 0);
        return;
    }
    keep_off_the_caller(pool);
    uint32_t before = atomic_load_explicit(&pool->finished.value, memory_order_relaxed);
    pool->body = body;
    pool->context = context;
    atomic_store(&pool->working, (uint32_t)pool->threads - 1);
    signal_all(&pool->started);
    body(context, 0);
    wait_past(&pool->finished, before);
}

void slmd_pool_barrier(slmd_pool *pool) {
    if (pool->threads == 1) return;
    uint32_t before = atomic_load_explicit(&pool->met.value, memory_order_relaxed);
    if (atomic_fetch_add(&pool->at_barrier, 1) + 1 == (uint32_t)pool->threads) {
        atomic_store(&pool->at_barrier, 0);
        signal_all(&pool->met);
    } else {
        wait_past(&pool->met, before);
    }
}
