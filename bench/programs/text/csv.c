// Reading comma-separated values with quotes: fields split, numbers summed by column, names counted by strcmp.
#include "../bench.h"

#define N 65536

static char text[N + 256];
static size_t size;

static void prepare(void) {
  static const char *names[] = {"alpha", "beta", "\"gamma, delta\"", "\"quote \"\"x\"\"\"", "epsilon"};
  uint64_t s = 22;
  char *p = text;
  while (p - text < N) {
    uint32_t r = bench_random(&s), t = bench_random(&s);
    p += sprintf(p, "%u,%s,%d,%u.%03u\n", r >> 8, names[t % 5], (int)(t >> 20) - 2048, r & 255, t / 5 % 1000);
  }
  size = (size_t)(p - text);
}

static const char *field(const char *p, const char *end, char *to) {
  if (p < end && *p == '"') {
    for (p++; p < end; p++) {
      if (*p == '"' && *++p != '"') break;
      *to++ = *p;
    }
  } else {
    while (p < end && *p != ',' && *p != '\n') *to++ = *p++;
  }
  *to = 0;
  return p;
}

static uint64_t table(uint64_t seed) {
  char cell[64];
  double columns[4] = {0, 0, 0, 0};
  uint32_t count = 0, column = 0;
  for (int repeat = 0; repeat < 3; repeat++)
    for (const char *p = text, *end = text + size; p < end; p++) {
      p = field(p, end, cell);
      if (column == 1) count += strcmp(cell, "gamma, delta") == 0;
      else if (column == 3) columns[3] += (double)strtol(cell, NULL, 10);
      else columns[column & 3] += (double)atoi(cell);
      column = *p == '\n' ? 0 : column + 1;
    }
  return bench_double(bench_double(seed, columns[0] + columns[2]), columns[3]) + count;
}

BENCH(prepare, table)
