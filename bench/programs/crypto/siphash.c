// SipHash-2-4 (Aumasson, Bernstein 2012) of many short keys.
#include "../bench.h"

#define KEYS 2048

static unsigned char keys[KEYS][24];

static void prepare(void) { bench_fill(keys, sizeof keys, 18); }

static uint64_t rotate(uint64_t x, int n) { return x << n | x >> (64 - n); }

struct state {
  uint64_t a, b, c, d;
};

static void turn(struct state *s) {
  s->a += s->b, s->b = rotate(s->b, 13) ^ s->a, s->a = rotate(s->a, 32);
  s->c += s->d, s->d = rotate(s->d, 16) ^ s->c;
  s->a += s->d, s->d = rotate(s->d, 21) ^ s->a;
  s->c += s->b, s->b = rotate(s->b, 17) ^ s->c, s->c = rotate(s->c, 32);
}

static uint64_t siphash(const unsigned char *p, size_t n, uint64_t k0, uint64_t k1) {
  struct state s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
  uint64_t last = (uint64_t)n << 56;
  for (; n >= 8; n -= 8, p += 8) {
    uint64_t m;
    memcpy(&m, p, 8);
    s.d ^= m;
    turn(&s), turn(&s);
    s.a ^= m;
  }
  for (size_t i = 0; i < n; i++) last |= (uint64_t)p[i] << (8 * i);
  s.d ^= last;
  turn(&s), turn(&s);
  s.a ^= last;
  s.c ^= 255;
  for (int i = 0; i < 4; i++) turn(&s);
  return s.a ^ s.b ^ s.c ^ s.d;
}

static uint64_t hashes(uint64_t seed) {
  uint64_t h = seed;
  for (int repeat = 0; repeat < 12; repeat++)
    for (int i = 0; i < KEYS; i++) h += siphash(keys[i], 4 + (size_t)(i % 21), seed, h & 1);
  return h;
}

BENCH(prepare, hashes)
