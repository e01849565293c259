// Radix sort of 32-bit keys by bytes.
#include "../bench.h"

#define N 65536

static uint32_t a[N], b[N];

static void pass(const uint32_t *from, uint32_t *to, int shift) {
  uint32_t at[256] = {0}, sum = 0;
  for (int i = 0; i < N; i++) at[from[i] >> shift & 255]++;
  for (int i = 0; i < 256; i++) {
    uint32_t n = at[i];
    at[i] = sum, sum += n;
  }
  for (int i = 0; i < N; i++) to[at[from[i] >> shift & 255]++] = from[i];
}

static uint64_t sorted(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < N; i++) a[i] = bench_random(&s);
  pass(a, b, 0), pass(b, a, 8), pass(a, b, 16), pass(b, a, 24);
  for (int i = 0; i < N; i += 127) h = h * 31 + a[i];
  return h;
}

BENCH(bench_nothing, sorted)
