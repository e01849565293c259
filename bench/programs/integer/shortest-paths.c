// All shortest paths by Floyd and Warshall: a minimum in the inner loop.
#include "../bench.h"

#define N 96

static int32_t distance[N][N];

static uint64_t paths(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) distance[i][j] = i == j ? 0 : (int32_t)(bench_random(&s) >> 16) + 1;
  for (int k = 0; k < N; k++)
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        int32_t d = distance[i][k] + distance[k][j];
        if (d < distance[i][j]) distance[i][j] = d;
      }
  for (int i = 0; i < N; i++) h = h * 31 + (uint32_t)distance[i][(i * 7 + 3) % N];
  return h;
}

BENCH(bench_nothing, paths)
