// Arithmetic modulo 2^255 - 19 in five limbs of 51 bits (Bernstein 2006): an inversion by powers.
#include "../bench.h"

typedef unsigned __int128 u128;
typedef struct {
  uint64_t v[5];
} field;

#define MASK (((uint64_t)1 << 51) - 1)

static field multiply(const field *f, const field *g) {
  const uint64_t *a = f->v, *b = g->v;
  uint64_t b1 = 19 * b[1], b2 = 19 * b[2], b3 = 19 * b[3], b4 = 19 * b[4];
  u128 r0 = (u128)a[0] * b[0] + (u128)a[1] * b4 + (u128)a[2] * b3 + (u128)a[3] * b2 + (u128)a[4] * b1;
  u128 r1 = (u128)a[0] * b[1] + (u128)a[1] * b[0] + (u128)a[2] * b4 + (u128)a[3] * b3 + (u128)a[4] * b2;
  u128 r2 = (u128)a[0] * b[2] + (u128)a[1] * b[1] + (u128)a[2] * b[0] + (u128)a[3] * b4 + (u128)a[4] * b3;
  u128 r3 = (u128)a[0] * b[3] + (u128)a[1] * b[2] + (u128)a[2] * b[1] + (u128)a[3] * b[0] + (u128)a[4] * b4;
  u128 r4 = (u128)a[0] * b[4] + (u128)a[1] * b[3] + (u128)a[2] * b[2] + (u128)a[3] * b[1] + (u128)a[4] * b[0];
  r1 += (uint64_t)(r0 >> 51), r2 += (uint64_t)(r1 >> 51), r3 += (uint64_t)(r2 >> 51), r4 += (uint64_t)(r3 >> 51);
  uint64_t low = ((uint64_t)r0 & MASK) + 19 * (uint64_t)(r4 >> 51);
  return (field){{low & MASK, ((uint64_t)r1 & MASK) + (low >> 51), (uint64_t)r2 & MASK, (uint64_t)r3 & MASK, (uint64_t)r4 & MASK}};
}

static field squared(field x, int times) {
  while (times--) x = multiply(&x, &x);
  return x;
}

// x^(2^255 - 21)
static field invert(field x) {
  field y = x;
  for (int bit = 253; bit >= 0; bit--) {
    y = squared(y, 1);
    if (bit != 2 && bit != 4) y = multiply(&y, &x);
  }
  return y;
}

static uint64_t inversions(uint64_t seed) {
  field x = {{seed & MASK, seed >> 13 & MASK, 3, 5, 7}};
  for (int i = 0; i < 15; i++) {
    x = invert(x);
    x.v[0] = (x.v[0] + (uint64_t)i) & MASK;
  }
  return x.v[0] ^ x.v[4] << 3;
}

BENCH(bench_nothing, inversions)
