// Digits of pi by the spigot of Rabinowitz and Wagon (1995): divisions of 64-bit numbers by changing divisors.
#include "../bench.h"

#define DIGITS 240
#define N (DIGITS * 10 / 3)

static uint32_t a[N + 1];

static uint64_t digits(uint64_t seed) {
  uint64_t h = seed;
  for (int i = 0; i <= N; i++) a[i] = 2;
  int nines = 0, predigit = 0;
  for (int j = 0; j < DIGITS; j++) {
    uint64_t q = 0;
    for (uint64_t i = N; i > 0; i--) {
      uint64_t x = 10 * (uint64_t)a[i] + q * (i + 1);
      a[i] = (uint32_t)(x % (2 * i + 1));
      q = x / (2 * i + 1);
    }
    uint64_t x = 10 * (uint64_t)a[0] + q;
    a[0] = (uint32_t)(x % 10), q = x / 10;
    if (q == 9) nines++;
    else {
      h = h * 11 + (uint64_t)predigit + (q == 10);
      for (; nines > 0; nines--) h = h * 11 + (q == 10 ? 0 : 9);
      predigit = q == 10 ? 0 : (int)q;
    }
  }
  return h;
}

BENCH(bench_nothing, digits)
