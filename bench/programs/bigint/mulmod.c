// Products modulo 64-bit numbers through 128 bits: Miller and Rabin's primality test, and Montgomery's reduction.
#include "../bench.h"

typedef unsigned __int128 u128;

static uint64_t inverse(uint64_t n) {
  uint64_t x = n;
  for (int i = 0; i < 6; i++) x *= 2 - n * x;
  return x;
}

static uint64_t reduce(u128 t, uint64_t n, uint64_t inv) {
  uint64_t m = (uint64_t)t * inv, high = (uint64_t)((u128)m * n >> 64), top = (uint64_t)(t >> 64);
  return top >= high ? top - high : top - high + n;
}

static int probable_prime(uint64_t n) {
  uint64_t inv = inverse(n), one = (uint64_t)(((u128)1 << 64) % n), minus = n - one, d = n - 1;
  int twos = 0;
  for (; !(d & 1); d >>= 1) twos++;
  for (uint64_t base = 2; base < 8; base++) {
    uint64_t b = (uint64_t)(((u128)base << 64) % n), x = one;
    for (uint64_t e = d; e; e >>= 1) {
      if (e & 1) x = reduce((u128)x * b, n, inv);
      b = reduce((u128)b * b, n, inv);
    }
    if (x == one || x == minus) continue;
    int i = 1;
    for (; i < twos && x != minus; i++) x = reduce((u128)x * x, n, inv);
    if (x != minus) return 0;
  }
  return 1;
}

static uint64_t primes(uint64_t seed) {
  uint64_t n = (seed >> 2) | 0x1000000000000001u, found = 0;
  for (int i = 0; i < 400; i++, n += 2)
    if (n % 3 && n % 5 && n % 7 && probable_prime(n)) found += n;
  return found;
}

BENCH(bench_nothing, primes)
