// Clocks. Under --deterministic every clock is one counter that starts at a fixed time and takes a step each time it is read; waiting moves it on.
#include "clock.h"

/// 2001-09-09 01:46:40 UTC.
#define FIRST_TIME 1000000000000000000ull
#define STEP 1000000ull

static u64 steps;

static u64 deterministic_time(u32 clock) {
  return (clock == WASI_CLOCK_REALTIME ? FIRST_TIME : 0) + steps;
}

i64 wasi_clock_read(u32 clock, u64 *time) {
  if (clock > WASI_CLOCK_THREAD) return -OS_EINVAL;
  if (!wasi.deterministic) return os_clock(clock, time);
  steps += STEP;
  *time = deterministic_time(clock);
  return 0;
}

void wasi_clock_advance(u64 nanoseconds) { steps += nanoseconds; }

u32 wasi_snapshot_preview1_clock_time_get(rt_instance *self, u32 id, u64 precision, u32 time) {
  (void)precision;
  u8 *out = wasi_at(self, time, 8);
  if (out == 0) return WASI_EFAULT;
  u64 now;
  i64 result = wasi_clock_read(id, &now);
  if (result < 0) return wasi_error(result);
  wasi_put64(out, now);
  return WASI_SUCCESS;
}

u32 wasi_snapshot_preview1_clock_res_get(rt_instance *self, u32 id, u32 resolution) {
  u8 *out = wasi_at(self, resolution, 8);
  if (out == 0) return WASI_EFAULT;
  if (id > WASI_CLOCK_THREAD) return WASI_EINVAL;
  os_timespec step = {0, STEP};
  if (!wasi.deterministic) {
    i64 result = os_clock_resolution(id, &step);
    if (result < 0) return wasi_error(result);
  }
  wasi_put64(out, (u64)step.seconds * 1000000000u + (u64)step.nanoseconds);
  return WASI_SUCCESS;
}
