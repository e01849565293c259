// Standard streams, waiting, clocks, random numbers, arguments, environment.
#include "wasi.h"

static size_t n;
static __wasi_filesize_t at;

static void descriptors(void) {
  __wasi_fdstat_t fs;
  __wasi_prestat_t pre;
  __wasi_filestat_t st;
  for (int fd = 0; fd < 3; fd++) {
    SAY(__wasi_fd_fdstat_get(fd, &fs));
    SAY(__wasi_fd_prestat_get(fd, &pre));
    SAY(__wasi_fd_filestat_get(fd, &st));
  }
  SAY(__wasi_fd_fdstat_get(1, &fs));
  printf("write %d\n", (fs.fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0);
  SAY(__wasi_fd_close(77));
  SAY(__wasi_fd_tell(77, &at));
  SAY(__wasi_fd_read(77, 0, 0, &n));
  SAY(__wasi_sock_shutdown(77, 3));
  SAY(__wasi_sock_shutdown(ROOT, 3));
}

static void waiting(void) {
  __wasi_subscription_t subs[4];
  __wasi_event_t events[4];
  memset(subs, 0, sizeof subs);
  SAY(__wasi_poll_oneoff(subs, events, 0, &n));
  subs[0].userdata = 0x1234;
  subs[0].u.tag = __WASI_EVENTTYPE_CLOCK;
  subs[0].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  subs[0].u.u.clock.timeout = 2000000;
  __wasi_timestamp_t before, after;
  __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &before);
  SAY(__wasi_poll_oneoff(subs, events, 1, &n));
  __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &after);
  printf("%d events, type %d, error %d, data %d, waited %d\n", (int)n, events[0].type, events[0].error,
         (int)events[0].userdata, after - before >= 2000000);
  subs[0].u.u.clock.id = __WASI_CLOCKID_REALTIME;
  subs[0].u.u.clock.flags = __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME;
  __wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &before);
  subs[0].u.u.clock.timeout = before + 2000000;
  SAY(__wasi_poll_oneoff(subs, events, 1, &n));
  __wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 1, &after);
  printf("%d events, waited %d\n", (int)n, after - before >= 2000000);
  // A file is always ready; a clock far away is not.
  int fd;
  make_file("ready", "12345");
  SAY(open_at(ROOT, "ready", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  memset(subs, 0, sizeof subs);
  subs[0].userdata = 1;
  subs[0].u.tag = __WASI_EVENTTYPE_FD_READ;
  subs[0].u.u.fd_read.file_descriptor = fd;
  subs[1].userdata = 2;
  subs[1].u.tag = __WASI_EVENTTYPE_CLOCK;
  subs[1].u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
  subs[1].u.u.clock.timeout = 1000000000000ull;
  subs[2].userdata = 3;
  subs[2].u.tag = __WASI_EVENTTYPE_FD_WRITE;
  subs[2].u.u.fd_write.file_descriptor = fd;
  SAY(__wasi_poll_oneoff(subs, events, 3, &n));
  printf("%d events: %d %d %d\n", (int)n, (int)events[0].userdata, (int)events[1].userdata, (int)events[0].fd_readwrite.nbytes);
  subs[0].u.u.fd_read.file_descriptor = 77;
  SAY(__wasi_poll_oneoff(subs, events, 1, &n));
  printf("%d events, error %s\n", (int)n, errno_names[events[0].error]);
}

static void clocks(void) {
  __wasi_timestamp_t a, b;
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &a));
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &b));
  printf("%d\n", b >= a);
  SAY(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &a));
  printf("%d\n", a > 1600000000000000000ull);
  SAY(__wasi_clock_res_get(__WASI_CLOCKID_MONOTONIC, &a));
  printf("%d\n", a > 0 && a < 100000000);
  SAY(__wasi_clock_res_get(__WASI_CLOCKID_REALTIME, &a));
  SAY(__wasi_clock_time_get(100, 0, &a));
  SAY(__wasi_clock_res_get(100, &a));
}

static void others(void) {
  static uint8_t big[200000];
  SAY(__wasi_random_get(big, sizeof big));
  int zeros = 0;
  for (unsigned i = 0; i < sizeof big; i++) zeros += big[i] == 0;
  printf("%d\n", zeros > 300 && zeros < 2000);
  SAY(__wasi_random_get(big, 0));
  SAY(__wasi_sched_yield());
  size_t count, size;
  SAY(__wasi_args_sizes_get(&count, &size));
  static uint8_t *pointers[16];
  static uint8_t bytes[1024];
  SAY(__wasi_args_get(pointers, bytes));
  for (size_t i = 1; i < count; i++) printf("%s\n", pointers[i]);
  SAY(__wasi_environ_sizes_get(&count, &size));
  printf("%d %d\n", (int)count, (int)size);
  SAY(__wasi_environ_get(pointers, bytes));
  for (size_t i = 0; i < count; i++) printf("%s\n", pointers[i]);
}

int main(void) {
  descriptors();
  waiting();
  clocks();
  others();
  char line[64];
  while (fgets(line, sizeof line, stdin)) printf("got %s", line);
  fflush(stdout);
  __wasi_proc_exit(42);
}
