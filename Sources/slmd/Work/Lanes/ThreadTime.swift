import Glibc

/// What the calling thread has had of a processor.
enum ThreadTime {
    static var now: Duration {
        var time = timespec()
        // Of a thread's own clock it does not fail.
        _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
