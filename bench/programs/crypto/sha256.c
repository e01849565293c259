// SHA-256 (FIPS 180-4) over a buffer.
#include "../bench.h"

#define N 65536

static unsigned char data[N];
static uint32_t k[64];

// The constants are the first 32 bits of the fractional parts of the cube roots of the first 64 primes, found by bisection.
static void prepare(void) {
  int n = 0;
  for (uint32_t p = 2; n < 64; p++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= p; d++) prime &= p % d != 0;
    if (!prime) continue;
    uint64_t root = 0;
    for (int bit = 35; bit >= 0; bit--) {
      unsigned __int128 r = root | (uint64_t)1 << bit;
      if (r * r * r <= (unsigned __int128)p << 96) root = (uint64_t)r;
    }
    k[n++] = (uint32_t)root;
  }
  bench_fill(data, N, 13);
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void compress(uint32_t h[8], const unsigned char *p) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (rotate(x, 7) ^ rotate(x, 18) ^ x >> 3) + (rotate(y, 17) ^ rotate(y, 19) ^ y >> 10);
  }
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], i7 = h[7];
  for (int i = 0; i < 64; i++) {
    uint32_t t = i7 + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i];
    uint32_t u = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    i7 = g, g = f, f = e, e = d + t, d = c, c = b, b = a, a = t + u;
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e, h[5] += f, h[6] += g, h[7] += i7;
}

static uint64_t digest(uint64_t seed) {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  data[seed % N]++;
  for (int i = 0; i < N; i += 64) compress(h, data + i);
  return (uint64_t)h[0] << 32 | h[7];
}

BENCH(prepare, digest)
