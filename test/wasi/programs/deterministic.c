// Everything that differs from run to run otherwise: times, chance, the order of directories, NaNs.
#include "wasi.h"

int main(void) {
  __wasi_timestamp_t t;
  for (int i = 0; i < 4; i++) {
    __wasi_clock_time_get(i % 2, 1, &t);
    printf("%llu\n", t);
  }
  __wasi_subscription_t sub = {.u = {.tag = __WASI_EVENTTYPE_CLOCK, .u = {.clock = {.id = 1, .timeout = 3600000000000ull}}}};
  __wasi_event_t event;
  size_t n;
  SAY(__wasi_poll_oneoff(&sub, &event, 1, &n));
  __wasi_clock_time_get(1, 1, &t);
  printf("an hour later %llu\n", t);
  unsigned char bytes[10];
  __wasi_random_get(bytes, sizeof bytes);
  for (int i = 0; i < 10; i++) printf("%d ", bytes[i]);
  printf("\n");
  const char *const names[] = {"m", "z", "a", "k", "b", "y"};
  for (int i = 0; i < 6; i++) make_file(names[i], "");
  static uint8_t buffer[4096];
  SAY(__wasi_fd_readdir(ROOT, buffer, sizeof buffer, 0, &n));
  for (size_t at = 0; at < n;) {
    __wasi_dirent_t d;
    memcpy(&d, buffer + at, sizeof d);
    printf("%llu %.*s\n", d.d_next, (int)d.d_namlen, buffer + at + sizeof d);
    at += sizeof d + d.d_namlen;
  }
  SAY(__wasi_fd_readdir(ROOT, buffer, sizeof buffer, 5, &n));
  printf("%d\n", (int)n);
  volatile double zero = 0;
  double nan = zero / zero;
  unsigned long long bits;
  memcpy(&bits, &nan, 8);
  printf("%llx\n", bits);
  return 0;
}
