// Spectral norm of an infinite matrix given by a formula: integer-to-float conversions and divisions.
#include "../bench.h"
#include <math.h>

#define N 160

static double u[N], v[N], t[N];

static double element(uint32_t i, uint32_t j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static void times(double *to, const double *from) {
  for (uint32_t i = 0; i < N; i++) {
    double sum = 0;
    for (uint32_t j = 0; j < N; j++) sum += element(i, j) * from[j];
    to[i] = sum;
  }
}

static void times_transposed(double *to, const double *from) {
  for (uint32_t i = 0; i < N; i++) {
    double sum = 0;
    for (uint32_t j = 0; j < N; j++) sum += element(j, i) * from[j];
    to[i] = sum;
  }
}

static uint64_t norm(uint64_t seed) {
  for (int i = 0; i < N; i++) u[i] = 1 + (double)((seed >> (i & 31)) & 3);
  for (int i = 0; i < 5; i++) {
    times(t, u), times_transposed(v, t);
    times(t, v), times_transposed(u, t);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < N; i++) uv += u[i] * v[i], vv += v[i] * v[i];
  return bench_double(seed, sqrt(uv / vv));
}

BENCH(bench_nothing, norm)
