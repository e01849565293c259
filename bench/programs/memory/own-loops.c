// Copies, fills, lengths and searches written as plain byte loops, as programs have them.
#include "../bench.h"

#define N 8192

static unsigned char a[N + 1], b[N + 1];
static uint32_t words[N], copies[N];

static void prepare(void) {
  bench_fill(a, N, 32);
  for (int i = 0; i < N; i++) a[i] |= 1, words[i] = a[i] * 77u;
}

static void copy_bytes(unsigned char *to, const unsigned char *from, size_t n) {
  for (size_t i = 0; i < n; i++) to[i] = from[i];
}

static void copy_down(unsigned char *to, const unsigned char *from, size_t n) {
  while (n--) to[n] = from[n];
}

static void fill(unsigned char *to, unsigned char v, size_t n) {
  while (n--) *to++ = v;
}

static size_t length(const unsigned char *p) {
  const unsigned char *start = p;
  while (*p) p++;
  return (size_t)(p - start);
}

static size_t differ(const unsigned char *p, const unsigned char *q, size_t n) {
  size_t i = 0;
  while (i < n && p[i] == q[i]) i++;
  return i;
}

static uint64_t loops(uint64_t seed) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 12; i++) {
    size_t n = N / 2 + (seed >> i & 1023);
    copy_bytes(b, a, n);
    copy_down(b + 7, a + 3, n);
    fill(b + n / 2, (unsigned char)(i | 1), n / 4);
    sum = sum * 5 + length(a + (seed & 7)) + differ(a, b, n);
    for (size_t k = 0; k < n; k++) copies[k] = words[k];
    for (size_t k = 0; k < n; k++) sum += copies[k];
  }
  return sum;
}

BENCH(prepare, loops)
