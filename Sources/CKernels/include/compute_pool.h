#ifndef SLMD_COMPUTE_POOL_H
#define SLMD_COMPUTE_POOL_H

#include <stdint.h>

/// A team of threads that run one function together. The caller of a run is member 0.
///
/// Urgent runs come before yielding ones: where one is under way, its members take part in the urgent run as soon as each of
/// them yields, and go on with theirs afterwards. An urgent run does not wait for a thread that the system runs late.
typedef struct slmd_pool slmd_pool;

/// Starts `threads - 1` threads, or as many as the system allows; `threads` is from 1 to 64. Ends the
/// process when there is no memory even for the pool itself, as the Swift run-time does.
///
/// The threads of a pool that stands back offer their processors to others between two steps, and while they wait.
slmd_pool *slmd_pool_create(int32_t threads, int32_t stands_back);

/// Members of a run, the caller included.
int32_t slmd_pool_threads(const slmd_pool *pool);

/// Ends and joins the threads. No run may be under way.
void slmd_pool_destroy(slmd_pool *pool);

/// Calls body(context, share, step) once for each share in 0 ..< threads of each step in 0 ..< steps, a step when the one
/// before is done, and returns when all is done: an urgent run. A share stays on one thread; the caller has those of threads
/// that have not come when it has waited as long as its own share of the first step took. One at a time, and not from inside
/// a run. Allocates nothing.
void slmd_pool_run(
    slmd_pool *pool, int32_t steps, void (*body)(void *context, int32_t share, int32_t step), void *context);

/// Calls body(context, member) once for each member in 0 ..< threads, each on its own thread, and returns when all have
/// returned: a yielding run, for long work. One at a time, beside one urgent run.
void slmd_pool_run_yielding(slmd_pool *pool, void (*body)(void *context, int32_t member), void *context);

/// Inside the body of a yielding run: takes part in the urgent run that waits, if there is one. A load and a comparison
/// where there is none.
void slmd_pool_yield(slmd_pool *pool, int32_t member);

/// The same, and then waits until every member of the team is here, taking part in urgent runs meanwhile.
void slmd_pool_barrier_yielding(slmd_pool *pool, int32_t member);

#endif
