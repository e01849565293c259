// MD5 (RFC 1321) over a buffer, in the compact form with a table of shifts.
#include "../bench.h"

#define N 65536

static unsigned char data[N];
static uint32_t sines[64];
static const unsigned char shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

// floor(2^32 * |sin(i + 1)|): the sine by its series after reduction by pi.
static void prepare(void) {
  for (int i = 0; i < 64; i++) {
    double x = i + 1;
    while (x > 3.141592653589793) x -= 3.141592653589793;
    double term = x, sum = x;
    for (int n = 3; n < 40; n += 2) term *= -x * x / ((n - 1) * n), sum += term;
    sines[i] = (uint32_t)(4294967296.0 * (sum < 0 ? -sum : sum));
  }
  bench_fill(data, N, 16);
}

static void compress(uint32_t h[4], const unsigned char *p) {
  uint32_t w[16], a = h[0], b = h[1], c = h[2], d = h[3];
  for (int i = 0; i < 16; i++)
    w[i] = p[4 * i] | (uint32_t)p[4 * i + 1] << 8 | (uint32_t)p[4 * i + 2] << 16 | (uint32_t)p[4 * i + 3] << 24;
  for (int i = 0; i < 64; i++) {
    uint32_t f, g;
    switch (i / 16) {
    case 0: f = (b & c) | (~b & d), g = (uint32_t)i; break;
    case 1: f = (d & b) | (~d & c), g = (5 * (uint32_t)i + 1) % 16; break;
    case 2: f = b ^ c ^ d, g = (3 * (uint32_t)i + 5) % 16; break;
    default: f = c ^ (b | ~d), g = 7 * (uint32_t)i % 16; break;
    }
    uint32_t t = a + f + sines[i] + w[g], s = shifts[i / 16][i % 4];
    a = d, d = c, c = b;
    b += t << s | t >> (32 - s);
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

static uint64_t digest(uint64_t seed) {
  uint32_t h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  data[seed % N]++;
  for (int i = 0; i < N; i += 64) compress(h, data + i);
  return (uint64_t)h[0] << 32 | h[3];
}

BENCH(prepare, digest)
