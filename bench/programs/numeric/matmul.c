// Product of two dense 64-bit float matrices, rows by rows (the order i k j, which native compilers vectorise).
#include "../bench.h"

#define N 96

static double a[N][N], b[N][N], c[N][N];

static void prepare(void) {
  uint64_t s = 1;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = bench_fraction(&s), b[i][j] = bench_fraction(&s) - 0.5;
}

static uint64_t product(uint64_t seed) {
  a[seed % N][seed / N % N] = 0.25;
  memset(c, 0, sizeof c);
  for (int i = 0; i < N; i++)
    for (int k = 0; k < N; k++) {
      double x = a[i][k];
      for (int j = 0; j < N; j++) c[i][j] += x * b[k][j];
    }
  return bench_double(seed, c[seed % N][seed / 7 % N]);
}

BENCH(prepare, product)
