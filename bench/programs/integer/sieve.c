// Sieve of Eratosthenes over bytes: strided stores, then a count.
#include "../bench.h"

#define N 200000

static unsigned char composite[N];

static uint64_t sieve(uint64_t seed) {
  uint32_t limit = N - (uint32_t)(seed & 255);
  memset(composite, 0, sizeof composite);
  for (uint32_t i = 2; i * i < limit; i++)
    if (!composite[i])
      for (uint32_t j = i * i; j < limit; j += i) composite[j] = 1;
  uint32_t count = 0;
  for (uint32_t i = 2; i < limit; i++) count += !composite[i];
  return count;
}

BENCH(bench_nothing, sieve)
