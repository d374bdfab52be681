#ifndef SLMD_ENCODER_POOL_H
#define SLMD_ENCODER_POOL_H

#include <stdint.h>

/// A team of threads that run one function together. The caller of run is member 0.
typedef struct slmd_pool slmd_pool;

/// Starts `threads - 1` threads, or as many as the system allows; `threads` is from 1 to 64. Ends the
/// process when there is no memory even for the pool itself, as the Swift run-time does.
slmd_pool *slmd_pool_create(int32_t threads);

/// Members of a run, the caller included.
int32_t slmd_pool_threads(const slmd_pool *pool);

/// Ends and joins the threads. No run may be under way.
void slmd_pool_destroy(slmd_pool *pool);

/// Calls body(context, member) once for each member in 0 ..< threads, each on its own thread, and returns
/// when all have returned. Not re-entrant: one run at a time. Allocates nothing.
void slmd_pool_run(slmd_pool *pool, void (*body)(void *context, int32_t member), void *context);

/// Inside body: waits until every member of the running team is here.
void slmd_pool_barrier(slmd_pool *pool);

#endif
