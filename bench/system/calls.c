// What calls to the system cost, in nanoseconds each: reading and writing 1 GiB in blocks of 4 KiB, 10^6 readings of the clock
// (a number of nanoseconds, as WASI has it, and seconds and nanoseconds, as C has it), 10^5 times open, stat
// and close, of a file in the directory it is started in and of one a directory below. The same source natively and as a module.
//
// Work is done in batches of a fraction of a millisecond, and the shortest batch counts: it is the one in which the machine did nothing else.
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi/api.h>
#endif

#define BLOCK 4096
#define FILE_BLOCKS 256
#define PASSES 1024
#define CLOCK_BATCH 1000
#define OPEN_BATCH 100

static _Alignas(BLOCK) char block[BLOCK];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static int fail(const char *what) {
  perror(what);
  return 1;
}

static double shorter(double best, double start, int calls) {
  double each = (now() - start) / calls;
  return each < best ? each : best;
}

static int move_blocks(const char *path) {
  double writing = 1e18, reading = 1e18;
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) return fail(path);
  for (int i = 0; i < FILE_BLOCKS; i++)
    if (write(fd, block, BLOCK) != BLOCK) return fail("write");
  for (int pass = 0; pass < PASSES; pass++) {
    if (lseek(fd, 0, SEEK_SET) != 0) return fail("lseek");
    double start = now();
    for (int i = 0; i < FILE_BLOCKS; i++)
      if (write(fd, block, BLOCK) != BLOCK) return fail("write");
    writing = shorter(writing, start, FILE_BLOCKS);
    if (lseek(fd, 0, SEEK_SET) != 0) return fail("lseek");
    start = now();
    for (int i = 0; i < FILE_BLOCKS; i++)
      if (read(fd, block, BLOCK) != BLOCK) return fail("read");
    reading = shorter(reading, start, FILE_BLOCKS);
  }
  printf("write 4 KiB\t%.1f\nread 4 KiB\t%.1f\n", writing, reading);
  return close(fd) == 0 ? 0 : fail("close");
}

#ifdef __wasi__
static unsigned long long nanoseconds(void) {
  __wasi_timestamp_t t = 0;
  return __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &t) == 0 ? t : 0;
}
#else
static unsigned long long nanoseconds(void) {
  struct timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? 1000000000ull * (unsigned long long)t.tv_sec + (unsigned long long)t.tv_nsec : 0;
}
#endif

static void read_clock(void) {
  double best = 1e18;
  struct timespec t;
  unsigned long long sum = 0;
  for (int batch = 0; batch < 1000000 / CLOCK_BATCH; batch++) {
    double start = now();
    for (int i = 0; i < CLOCK_BATCH; i++) sum += nanoseconds();
    best = shorter(best, start, CLOCK_BATCH);
  }
  printf("clock, nanoseconds\t%.1f\n", sum == 0 ? 0 : best);
  best = 1e18;
  for (int batch = 0; batch < 1000000 / CLOCK_BATCH; batch++) {
    double start = now();
    for (int i = 0; i < CLOCK_BATCH; i++) clock_gettime(CLOCK_MONOTONIC, &t);
    best = shorter(best, start, CLOCK_BATCH);
  }
  printf("clock_gettime of the C library\t%.1f\n", best);
}

static int open_stat_close(const char *name, const char *path) {
  double best = 1e18;
  struct stat stat_buffer;
  for (int batch = 0; batch < 100000 / OPEN_BATCH; batch++) {
    double start = now();
    for (int i = 0; i < OPEN_BATCH; i++) {
      int fd = open(path, O_RDONLY);
      if (fd < 0) return fail(path);
      if (stat(path, &stat_buffer) != 0) return fail("stat");
      if (close(fd) != 0) return fail("close");
    }
    best = shorter(best, start, OPEN_BATCH);
  }
  printf("%s\t%.1f\n", name, best);
  return 0;
}

int main(void) {
  if (mkdir("below", 0755) != 0) return fail("below");
  int below = open("below/file", O_WRONLY | O_CREAT, 0644);
  if (below < 0 || close(below) != 0) return fail("below/file");
  if (move_blocks("file") != 0) return 1;
  read_clock();
  if (open_stat_close("open, stat, close", "file") != 0) return 1;
  if (open_stat_close("the same, a directory below", "below/file") != 0) return 1;
  if (unlink("file") != 0 || unlink("below/file") != 0 || rmdir("below") != 0) return fail("unlink");
  return 0;
}
