#define _GNU_SOURCE
#include "compute_pool.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Waiting spins for some tens of microseconds, longer than the gaps inside one forward pass, then sleeps in
// the kernel: an idle pool costs nothing.
enum { SPINS = 4000, SPINS_AN_OFFER = 128, CACHE_LINE = 64, MOST_THREADS = 64, NO_MEMBER = -1 };

// A counter that threads wait on. `sleepers` lets a signal skip the system call when nobody sleeps. Who sleeps may wait for
// an urgent run too, so the kernel watches a word of its own.
typedef struct {
    _Alignas(CACHE_LINE) _Atomic uint32_t value;
    _Atomic uint32_t sleepers;
    _Atomic uint32_t wakings;
} event;

// Where the members of a run meet.
typedef struct {
    event met;       // counts barriers passed
    event finished;  // counts runs that all members have left
    _Alignas(CACHE_LINE) _Atomic uint32_t at_barrier;
    _Atomic uint32_t size;     // members that meet
    _Atomic uint32_t working;  // of them, those that have not left
} team;

typedef struct {
    _Alignas(CACHE_LINE) slmd_pool *pool;
    int32_t member;
    uint64_t urgent_run;  // the last one it has taken part in
    pthread_t thread;
} worker;

// Whose caller is member 0. An urgent run that finds a yielding one under way asks its members; a yielding run that finds an
// urgent one waits for its end, and no further one can come before it.
enum { NOBODY, URGENT, URGENT_THEN_YIELDING, YIELDING, YIELDING_IS_ASKED };

// Whom an urgent run calls: its number, whether others may still come, and how many have, in bits 16 on, 15 and 0 to 14.
enum { RUN_SHIFT = 16, IS_OPEN = 1 << 15, COME = IS_OPEN - 1 };

struct slmd_pool {
    team urgent, yielding;
    event yielding_started;  // counts yielding runs
    event handed_over;       // counts yielding runs that an urgent one let begin
    _Alignas(CACHE_LINE) _Atomic uint64_t call;
    void (*steps_body)(void *, int32_t, int32_t);
    void *steps_context;
    int32_t steps;
    void (*yielding_body)(void *, int32_t);
    void *yielding_context;
    _Alignas(CACHE_LINE) _Atomic uint32_t leader;
    _Atomic uint32_t ending;
    int32_t threads;
    bool stands_back;
    cpu_set_t allowed;     // the processors this process may use
    int caller_processor;  // where the workers keep away from; -1 before the first run
    worker workers[MOST_THREADS];
};

static inline void relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// Linux's EEVDF lets a thread of SCHED_IDLE that has waited long run for milliseconds beside one of SCHED_OTHER, when that has
// had a little more than its share; one that yields has taken its turn.
static inline void offer(const slmd_pool *pool) {
    if (pool->stands_back) sched_yield();
}

static void lead(slmd_pool *pool, bool closes);
static void follow(slmd_pool *pool, worker *self);

static void wake(event *e) {
    if (atomic_load(&e->sleepers) == 0) return;
    atomic_fetch_add(&e->wakings, 1);
    syscall(SYS_futex, &e->wakings, FUTEX_WAKE_PRIVATE, MOST_THREADS, NULL, NULL, 0);
}

static void signal_all(event *e) {
    atomic_fetch_add(&e->value, 1);
    wake(e);
}

// Whether an urgent run waits for this member.
static bool is_asked(const slmd_pool *pool, int32_t member) {
    if (member == NO_MEMBER) return false;
    if (member == 0) return atomic_load_explicit(&pool->leader, memory_order_acquire) == YIELDING_IS_ASKED;
    const uint64_t call = atomic_load_explicit(&pool->call, memory_order_acquire);
    return (call & IS_OPEN) && call >> RUN_SHIFT != pool->workers[member].urgent_run;
}

static void leave(team *t) {
    if (atomic_fetch_sub(&t->working, 1) == 1) signal_all(&t->finished);
}

void slmd_pool_yield(slmd_pool *pool, int32_t member) {
    if (!is_asked(pool, member)) return;
    if (member == 0) {
        atomic_store(&pool->leader, YIELDING);
        lead(pool, false);
    } else {
        follow(pool, &pool->workers[member]);
    }
}

static bool is_past(const event *e, uint32_t seen) {
    return atomic_load_explicit(&e->value, memory_order_acquire) != seen;
}

static void sleep_past(const slmd_pool *pool, event *e, uint32_t seen, int32_t member) {
    atomic_fetch_add(&e->sleepers, 1);
    for (;;) {
        const uint32_t wakings = atomic_load(&e->wakings);
        if (atomic_load(&e->value) != seen || is_asked(pool, member)) break;
        syscall(SYS_futex, &e->wakings, FUTEX_WAIT_PRIVATE, wakings, NULL, NULL, 0);
    }
    atomic_fetch_sub(&e->sleepers, 1);
}

// Waits, and takes part in the urgent runs that come meanwhile, unless it is NO_MEMBER that waits.
static void wait_past(slmd_pool *pool, event *e, uint32_t seen, int32_t member) {
    for (;;) {
        for (int spin = 0; spin < SPINS && !is_asked(pool, member); spin++) {
            if (is_past(e, seen)) return;
            relax();
            if (spin % SPINS_AN_OFFER == 0) offer(pool);
        }
        if (!is_asked(pool, member)) sleep_past(pool, e, seen, member);
        slmd_pool_yield(pool, member);
        if (is_past(e, seen)) return;
    }
}

// Between runs a worker waits for the next yielding one, and takes part in urgent ones meanwhile.
static void *work(void *argument) {
    const worker *self = argument;
    slmd_pool *pool = self->pool;
    pthread_setname_np(pthread_self(), "compute");
    for (uint32_t run = 0;; run++) {
        wait_past(pool, &pool->yielding_started, run, self->member);
        if (atomic_load(&pool->ending)) return NULL;
        pool->yielding_body(pool->yielding_context, self->member);
        leave(&pool->yielding);
    }
}

slmd_pool *slmd_pool_create(int32_t threads, int32_t stands_back) {
    slmd_pool *pool = aligned_alloc(CACHE_LINE, sizeof *pool);
    if (!pool) abort();
    *pool = (slmd_pool){.threads = 1, .stands_back = stands_back != 0, .caller_processor = -1};
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
    signal_all(&pool->yielding_started);
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

static void prepare(slmd_pool *pool, team *t) {
    atomic_store(&t->size, (uint32_t)pool->threads);
    atomic_store(&t->working, (uint32_t)pool->threads);
}

static void meet(slmd_pool *pool, team *t, int32_t member) {
    if (pool->threads == 1) return;
    const uint32_t before = atomic_load_explicit(&t->met.value, memory_order_relaxed);
    // Until the leader is here the size may still fall, and it is the last to be complete without it.
    if (atomic_fetch_add(&t->at_barrier, 1) + 1 == atomic_load(&t->size)) {
        atomic_store(&t->at_barrier, 0);
        signal_all(&t->met);
    } else {
        wait_past(pool, &t->met, before, member);
    }
}

static bool change_leader(slmd_pool *pool, uint32_t from, uint32_t to) {
    return atomic_compare_exchange_strong(&pool->leader, &from, to);
}

// Whether the caller leads; if not, member 0 of the yielding run under way does.
static bool begin_urgently(slmd_pool *pool) {
    for (;;) {
        if (change_leader(pool, NOBODY, URGENT)) return true;
        if (change_leader(pool, YIELDING, YIELDING_IS_ASKED)) return false;
    }
}

static void end_urgently(slmd_pool *pool) {
    if (change_leader(pool, URGENT, NOBODY)) return;
    atomic_store(&pool->leader, YIELDING);
    signal_all(&pool->handed_over);
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Waits for members that have not come, at most so long, and then lets no more in. Returns how many have come.
static int32_t close_call(slmd_pool *pool, int64_t patience) {
    const int64_t end = nanoseconds() + patience;
    uint64_t call;
    while (((call = atomic_load_explicit(&pool->call, memory_order_acquire)) & COME) < (uint64_t)pool->threads &&
           nanoseconds() < end)
        relax();
    call = atomic_fetch_and(&pool->call, ~(uint64_t)IS_OPEN);
    const int32_t come = (int32_t)(call & COME);
    atomic_store(&pool->urgent.size, (uint32_t)come);
    atomic_fetch_sub(&pool->urgent.working, (uint32_t)(pool->threads - come));
    return come;
}

// Member 0 does its share of the first step at once. Who has not come by twice the time that took may be anywhere, on a
// processor that something else holds for milliseconds: the leader does their shares of every step.
static void lead(slmd_pool *pool, bool closes) {
    const int64_t begun = closes ? nanoseconds() : 0;
    int32_t come = pool->threads;
    for (int32_t step = 0; step < pool->steps; step++) {
        pool->steps_body(pool->steps_context, 0, step);
        if (closes && step == 0) come = close_call(pool, nanoseconds() - begun);
        for (int32_t share = come; share < pool->threads; share++) pool->steps_body(pool->steps_context, share, step);
        offer(pool);
        if (step + 1 < pool->steps) meet(pool, &pool->urgent, NO_MEMBER);
    }
    leave(&pool->urgent);
}

// A worker comes to the call, unless it has been closed meanwhile.
static void follow(slmd_pool *pool, worker *self) {
    uint64_t call = atomic_load(&pool->call);
    do {
        if (!(call & IS_OPEN) || call >> RUN_SHIFT == self->urgent_run) return;
    } while (!atomic_compare_exchange_weak(&pool->call, &call, call + 1));
    self->urgent_run = call >> RUN_SHIFT;
    const int32_t share = (int32_t)(call & COME);
    for (int32_t step = 0; step < pool->steps; step++) {
        if (step > 0) meet(pool, &pool->urgent, NO_MEMBER);
        pool->steps_body(pool->steps_context, share, step);
        offer(pool);
    }
    leave(&pool->urgent);
}

void slmd_pool_run(
    slmd_pool *pool, int32_t steps, void (*body)(void *, int32_t, int32_t), void *context) {
    team *t = &pool->urgent;
    const uint32_t before = atomic_load_explicit(&t->finished.value, memory_order_relaxed);
    prepare(pool, t);
    pool->steps_body = body;
    pool->steps_context = context;
    pool->steps = steps;
    const bool leads = begin_urgently(pool);
    if (leads) keep_off_the_caller(pool);
    const uint64_t run = (atomic_load_explicit(&pool->call, memory_order_relaxed) >> RUN_SHIFT) + 1;
    atomic_store(&pool->call, run << RUN_SHIFT | IS_OPEN | 1);
    wake(&pool->yielding_started);
    if (leads) {
        lead(pool, true);
        wait_past(pool, &t->finished, before, NO_MEMBER);
        end_urgently(pool);
    } else {
        wake(&pool->yielding.met);
        wake(&pool->yielding.finished);
        // The members have the processors: this thread would spin in their way.
        sleep_past(pool, &t->finished, before, NO_MEMBER);
    }
}

static void begin_yielding(slmd_pool *pool) {
    const uint32_t before = atomic_load_explicit(&pool->handed_over.value, memory_order_relaxed);
    for (;;) {
        if (change_leader(pool, NOBODY, YIELDING)) return;
        if (!change_leader(pool, URGENT, URGENT_THEN_YIELDING)) continue;
        wait_past(pool, &pool->handed_over, before, NO_MEMBER);
        return;
    }
}

void slmd_pool_run_yielding(slmd_pool *pool, void (*body)(void *, int32_t), void *context) {
    team *t = &pool->yielding;
    begin_yielding(pool);
    keep_off_the_caller(pool);
    const uint32_t before = atomic_load_explicit(&t->finished.value, memory_order_relaxed);
    prepare(pool, t);
    pool->yielding_body = body;
    pool->yielding_context = context;
    signal_all(&pool->yielding_started);
    body(context, 0);
    leave(t);
    wait_past(pool, &t->finished, before, 0);
    while (!change_leader(pool, YIELDING, NOBODY)) slmd_pool_yield(pool, 0);
}

void slmd_pool_barrier_yielding(slmd_pool *pool, int32_t member) {
    slmd_pool_yield(pool, member);
    meet(pool, &pool->yielding, member);
}
