// Ending the process, signals, random numbers, yielding.
#include "wasi.h"

_Noreturn void wasi_snapshot_preview1_proc_exit(rt_instance *self, u32 status) {
  self->context->exit_status = status;
  rt_unwind(self->context, RT_TRAP_EXIT);
}

/// Linux numbers of WASI's signals 1 to 30, in order.
static const u8 signals[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                             17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 29, 30, 31};

u32 wasi_snapshot_preview1_proc_raise(rt_instance *self, u32 signal) {
  (void)self;
  if (signal == 0) return WASI_SUCCESS;
  if (signal >= sizeof signals) return WASI_EINVAL;
  return wasi_error(os_raise(signals[signal]));
}

u32 wasi_snapshot_preview1_sched_yield(rt_instance *self) {
  (void)self;
  return wasi_error(os_yield());
}

/// The numbers of --deterministic. Source: Steele, Lea, Flood 2014, SplitMix64.
static u64 deterministic_number(void) {
  static u64 state;
  state += 0x9e3779b97f4a7c15u;
  u64 x = state;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

static void fill_deterministic(u8 *to, u32 length) {
  while (length != 0) {
    u64 number = deterministic_number();
    u32 n = length < sizeof number ? length : (u32)sizeof number;
    memcpy(to, &number, n);
    to += n;
    length -= n;
  }
}

u32 wasi_snapshot_preview1_random_get(rt_instance *self, u32 buf, u32 buf_len) {
  u8 *to = wasi_at(self, buf, buf_len);
  if (to == 0) return WASI_EFAULT;
  if (wasi.deterministic) {
    fill_deterministic(to, buf_len);
    return WASI_SUCCESS;
  }
  // The kernel may give less than a large request asks for.
  while (buf_len != 0) {
    i64 result = os_random(to, buf_len);
    if (result == -OS_EINTR) continue;
    if (result < 0) return wasi_error(result);
    to += result;
    buf_len -= (u32)result;
  }
  return WASI_SUCCESS;
}
