// The clocks, for waiting.
#ifndef WASMAOT_WASI_CLOCK_H
#define WASMAOT_WASI_CLOCK_H

#include "wasi.h"

#pragma GCC visibility push(hidden)

/// Nanoseconds of a WASI clock. 0, or a negated error number (-OS_EINVAL: no such clock).
i64 wasi_clock_read(u32 clock, u64 *time);
/// --deterministic: time passes without waiting.
void wasi_clock_advance(u64 nanoseconds);

#pragma GCC visibility pop

#endif
