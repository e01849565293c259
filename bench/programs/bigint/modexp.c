// Modular exponentiation of 1024-bit numbers with Montgomery products (coarsely integrated operand scanning, Koc 1996).
#include "../bench.h"

#define L 16

typedef unsigned __int128 u128;

static uint64_t modulus[L], inv;

static void prepare(void) {
  uint64_t s = 33;
  for (int i = 0; i < L; i++) modulus[i] = (uint64_t)bench_random(&s) << 32, modulus[i] |= bench_random(&s);
  modulus[0] |= 1, modulus[L - 1] |= (uint64_t)1 << 63;
  inv = modulus[0];
  for (int i = 0; i < 6; i++) inv *= 2 - modulus[0] * inv;
  inv = 0 - inv;
}

static void multiply(uint64_t out[L], const uint64_t a[L], const uint64_t b[L]) {
  uint64_t t[L + 2] = {0};
  for (int i = 0; i < L; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < L; j++) {
      u128 v = (u128)a[j] * b[i] + t[j] + carry;
      t[j] = (uint64_t)v, carry = (uint64_t)(v >> 64);
    }
    u128 v = (u128)t[L] + carry;
    t[L] = (uint64_t)v, t[L + 1] = (uint64_t)(v >> 64);
    uint64_t m = t[0] * inv;
    v = (u128)m * modulus[0] + t[0];
    carry = (uint64_t)(v >> 64);
    for (int j = 1; j < L; j++) {
      v = (u128)m * modulus[j] + t[j] + carry;
      t[j - 1] = (uint64_t)v, carry = (uint64_t)(v >> 64);
    }
    v = (u128)t[L] + carry;
    t[L - 1] = (uint64_t)v, t[L] = t[L + 1] + (uint64_t)(v >> 64);
  }
  uint64_t borrow = 0, diff[L];
  for (int j = 0; j < L; j++) {
    u128 v = (u128)t[j] - modulus[j] - borrow;
    diff[j] = (uint64_t)v, borrow = (uint64_t)(v >> 64) & 1;
  }
  memcpy(out, t[L] || !borrow ? diff : t, sizeof diff);
}

static uint64_t power(uint64_t seed) {
  uint64_t x[L], b[L];
  for (int i = 0; i < L; i++) b[i] = seed * (uint64_t)(2 * i + 1), x[i] = 0 - modulus[i] - (i > 0);
  x[0] = 0 - modulus[0];
  for (int bit = 0; bit < 512; bit++) {
    if (seed >> (bit & 63) & 1) multiply(x, x, b);
    multiply(b, b, b);
  }
  return x[0] ^ x[L - 1];
}

BENCH(prepare, power)
