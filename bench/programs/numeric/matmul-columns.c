// Product of two dense 32-bit float matrices by inner products down a column: strided loads and a serial sum.
#include "../bench.h"

#define N 96

static float a[N * N], b[N * N], c[N * N];

static void prepare(void) {
  uint64_t s = 2;
  for (int i = 0; i < N * N; i++) a[i] = (float)bench_fraction(&s), b[i] = (float)bench_fraction(&s) - 0.5f;
}

static uint64_t product(uint64_t seed) {
  a[seed % (N * N)] = 0.25f;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      float sum = 0;
      for (int k = 0; k < N; k++) sum += a[i * N + k] * b[k * N + j];
      c[i * N + j] = sum;
    }
  return bench_double(seed, c[seed % (N * N)]);
}

BENCH(prepare, product)
