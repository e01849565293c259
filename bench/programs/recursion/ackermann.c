// Ackermann's function: deep recursion with a tail call.
#include "../bench.h"

static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static uint64_t value(uint64_t seed) { return ackermann(2, 180 + (uint32_t)(seed & 15)) + ackermann(3, 4); }

BENCH(bench_nothing, value)
