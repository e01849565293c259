// LU decomposition with partial pivoting, and a solve: triangular loops with row exchanges.
#include "../bench.h"
#include <math.h>

#define N 100

static double m[N][N], x[N];

static void decompose(void) {
  for (int k = 0; k < N; k++) {
    int pivot = k;
    for (int i = k + 1; i < N; i++)
      if (fabs(m[i][k]) > fabs(m[pivot][k])) pivot = i;
    if (pivot != k)
      for (int j = 0; j < N; j++) {
        double t = m[k][j];
        m[k][j] = m[pivot][j], m[pivot][j] = t;
      }
    for (int i = k + 1; i < N; i++) {
      double factor = m[i][k] / m[k][k];
      m[i][k] = factor;
      for (int j = k + 1; j < N; j++) m[i][j] -= factor * m[k][j];
    }
  }
}

static uint64_t solve(uint64_t seed) {
  uint64_t s = seed | 1;
  for (int i = 0; i < N; i++) {
    for (int j = 0; j < N; j++) m[i][j] = bench_fraction(&s) - 0.5;
    x[i] = bench_fraction(&s);
  }
  for (int repeat = 0; repeat < 4; repeat++) {
    decompose();
    for (int i = 0; i < N; i++)
      for (int j = 0; j < i; j++) x[i] -= m[i][j] * x[j];
    for (int i = N - 1; i >= 0; i--) {
      for (int j = i + 1; j < N; j++) x[i] -= m[i][j] * x[j];
      x[i] /= m[i][i];
    }
    for (int i = 0; i < N; i++) m[i][i] += 1, x[i] = x[i] / (1 + fabs(x[i]));
  }
  return bench_double(seed, x[seed % N]);
}

BENCH(bench_nothing, solve)
