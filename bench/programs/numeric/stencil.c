// Five-point stencil on a square grid (Jacobi steps of the heat equation), two arrays in turns.
#include "../bench.h"

#define N 256

static double grid[2][N][N];

static void prepare(void) {
  uint64_t s = 3;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) grid[0][i][j] = grid[1][i][j] = bench_fraction(&s);
}

static void step(double (*restrict to)[N], double (*restrict from)[N]) {
  for (int i = 1; i < N - 1; i++)
    for (int j = 1; j < N - 1; j++)
      to[i][j] = 0.2 * (from[i][j] + from[i - 1][j] + from[i + 1][j] + from[i][j - 1] + from[i][j + 1]);
}

static uint64_t steps(uint64_t seed) {
  grid[0][1 + seed % (N - 2)][7] += 1.0;
  for (int t = 0; t < 5; t++) {
    step(grid[1], grid[0]);
    step(grid[0], grid[1]);
  }
  return bench_double(seed, grid[0][seed % N][N / 2]);
}

BENCH(prepare, steps)
