// Bit tricks: population counts, leading and trailing zeros, rotates, byte swaps, Morton codes, Gray codes.
#include "../bench.h"

static uint32_t rotate(uint32_t x, unsigned n) { return x << (n & 31) | x >> (-n & 31); }

static uint32_t swap(uint32_t x) { return x >> 24 | (x >> 8 & 0xff00) | (x << 8 & 0xff0000) | x << 24; }

static uint64_t spread(uint32_t v) {
  uint64_t x = v;
  x = (x | x << 16) & 0x0000ffff0000ffffu;
  x = (x | x << 8) & 0x00ff00ff00ff00ffu;
  x = (x | x << 4) & 0x0f0f0f0f0f0f0f0fu;
  x = (x | x << 2) & 0x3333333333333333u;
  return (x | x << 1) & 0x5555555555555555u;
}

static unsigned count(uint64_t x) {
  unsigned n = 0;
  for (; x; x &= x - 1) n++;
  return n;
}

static uint64_t tricks(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < 60000; i++) {
    uint32_t x = bench_random(&s);
    uint32_t y = rotate(swap(x), x & 31) + (x ^ x >> 1);
    h += (unsigned)__builtin_popcountll(s) + (unsigned)__builtin_clz(x | 1) * 3 + (unsigned)__builtin_ctz(y | 0x8000);
    h = (h << 7 | h >> 57) ^ spread(x) ^ spread(y) << 1;
    h += count(x & 0xff0f);
  }
  return h;
}

BENCH(bench_nothing, tricks)
