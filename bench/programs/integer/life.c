// Conway's game of life on a torus of bytes.
#include "../bench.h"

#define N 128

static unsigned char world[2][N][N];

static void prepare(void) {
  bench_fill(world, sizeof world, 11);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) world[0][i][j] &= 1;
}

static void generation(unsigned char (*from)[N], unsigned char (*to)[N]) {
  for (int y = 0; y < N; y++) {
    unsigned char *up = from[(y + N - 1) % N], *here = from[y], *down = from[(y + 1) % N];
    for (int x = 0; x < N; x++) {
      int l = (x + N - 1) % N, r = (x + 1) % N;
      int n = up[l] + up[x] + up[r] + here[l] + here[r] + down[l] + down[x] + down[r];
      to[y][x] = n == 3 || (n == 2 && here[x]);
    }
  }
}

static uint64_t generations(uint64_t seed) {
  world[0][seed % N][seed / N % N] ^= 1;
  for (int i = 0; i < 10; i++) {
    generation(world[0], world[1]);
    generation(world[1], world[0]);
  }
  return bench_bytes(seed, world[0], sizeof world[0]);
}

BENCH(prepare, generations)
