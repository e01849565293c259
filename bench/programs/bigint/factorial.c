// Factorials and Fibonacci numbers in base 2^32 and 10^9: carry chains, division of a long number by a short one.
#include "../bench.h"

#define L 160

static uint32_t f[L], g[L], sum[L];

static void add(uint32_t *to, const uint32_t *x, const uint32_t *y) {
  uint64_t carry = 0;
  for (int i = 0; i < L; i++) {
    carry += (uint64_t)x[i] + y[i];
    to[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

static void multiply(uint32_t *x, uint32_t by) {
  uint64_t carry = 0;
  for (int i = 0; i < L; i++) {
    carry += (uint64_t)x[i] * by;
    x[i] = (uint32_t)carry;
    carry >>= 32;
  }
}

static uint32_t divide(uint32_t *x, uint32_t by) {
  uint64_t rest = 0;
  for (int i = L - 1; i >= 0; i--) {
    rest = rest << 32 | x[i];
    x[i] = (uint32_t)(rest / by);
    rest %= by;
  }
  return (uint32_t)rest;
}

static uint64_t numbers(uint64_t seed) {
  uint64_t h = seed;
  memset(f, 0, sizeof f), memset(g, 0, sizeof g);
  f[0] = 1 + (uint32_t)(seed & 7), g[0] = 1;
  for (int i = 0; i < 1500; i++) {
    add(sum, f, g);
    memcpy(f, g, sizeof f), memcpy(g, sum, sizeof g);
  }
  for (uint32_t i = 2; i < 400; i++) multiply(f, i);
  for (int i = 0; i < 150; i++) h = h * 31 + divide(f, 1000000000);
  return h;
}

BENCH(bench_nothing, numbers)
