// What every benchmark program shares: the main function, a checksum and random numbers.
//
// A program is a function `round` of about one millisecond of native work, and `prepare`, which makes its data. It is run as
// `program ROUNDS` and prints one checksum, the same wherever and however it was compiled. Each round gets the checksum so far,
// so that no compiler may move work out of the loop or drop a round. Time is measured outside: that of 0 rounds is the start-up.
// Floating point keeps to + - * / sqrt, which are exact everywhere when products and sums are not contracted.
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline uint64_t bench_mix(uint64_t h, uint64_t v) {
  h = (h ^ v) * 0x9e3779b97f4a7c15u;
  return h ^ (h >> 29);
}

static inline uint64_t bench_double(uint64_t h, double d) {
  uint64_t bits;
  memcpy(&bits, &d, sizeof bits);
  return bench_mix(h, bits);
}

// xorshift64* (Vigna 2016).
static inline uint32_t bench_random(uint64_t *state) {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return (uint32_t)((x * 0x2545f4914f6cdd1du) >> 32);
}

// In [0, 1), with 24 bits.
static inline double bench_fraction(uint64_t *state) { return (bench_random(state) >> 8) * (1.0 / 16777216.0); }

static inline void bench_fill(void *to, size_t n, uint64_t seed) {
  unsigned char *p = to;
  for (size_t i = 0; i < n; i++) p[i] = (unsigned char)bench_random(&seed);
}

static inline uint64_t bench_bytes(uint64_t h, const void *from, size_t n) {
  const unsigned char *p = from;
  for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * 0x100000001b3u;
  return bench_mix(h, n);
}

static inline void bench_nothing(void) {}

#define BENCH(prepare, round)                                       \
  int main(int argc, char **argv) {                                 \
    long rounds = argc > 1 ? atol(argv[1]) : 10;                    \
    uint64_t h = 0x853c49e6748fea9bu;                               \
    prepare();                                                      \
    for (long i = 0; i < rounds; i++) h = bench_mix(h, round(h));   \
    printf("%016llx\n", (unsigned long long)h);                     \
    return 0;                                                       \
  }

#endif
