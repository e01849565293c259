// Longest Collatz sequence: unpredictable branches on 64-bit integers.
#include "../bench.h"

static uint64_t longest(uint64_t seed) {
  uint64_t best = 0, start = 100000 + (seed & 0xffff);
  for (uint64_t i = start; i < start + 4000; i++) {
    uint64_t n = i, length = 0;
    while (n != 1) {
      n = n & 1 ? 3 * n + 1 : n >> 1;
      length++;
    }
    if (length > best) best = length;
  }
  return best;
}

BENCH(bench_nothing, longest)
