// Takeuchi's function and the towers of Hanoi: calls with several arguments.
#include "../bench.h"

static int32_t tak(int32_t x, int32_t y, int32_t z) {
  return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

static uint32_t pegs[3];

static void hanoi(int n, int from, int to, int spare) {
  if (n == 0) return;
  hanoi(n - 1, from, spare, to);
  pegs[from] ^= (uint32_t)n, pegs[to] += (uint32_t)n;
  hanoi(n - 1, spare, to, from);
}

static uint64_t calls(uint64_t seed) {
  hanoi(13, (int)(seed % 3), (int)((seed + 1) % 3), (int)((seed + 2) % 3));
  return (uint32_t)tak(14, 8 + (int32_t)(seed & 1), 4) + pegs[0] + pegs[1] * 3 + pegs[2] * 5;
}

BENCH(bench_nothing, calls)
