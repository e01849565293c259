// Base64 out and in, with a table for decoding.
#include "../bench.h"

#define N 49152

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static unsigned char data[N], back[N], reverse[256];
static char text[N / 3 * 4];

static void prepare(void) {
  bench_fill(data, N, 23);
  memset(reverse, 255, sizeof reverse);
  for (int i = 0; i < 64; i++) reverse[(unsigned char)digits[i]] = (unsigned char)i;
}

static void encode(void) {
  char *t = text;
  for (int i = 0; i < N; i += 3) {
    uint32_t v = (uint32_t)data[i] << 16 | (uint32_t)data[i + 1] << 8 | data[i + 2];
    *t++ = digits[v >> 18], *t++ = digits[v >> 12 & 63], *t++ = digits[v >> 6 & 63], *t++ = digits[v & 63];
  }
}

static int decode(void) {
  unsigned char *to = back;
  for (size_t i = 0; i < sizeof text; i += 4) {
    uint32_t a = reverse[(unsigned char)text[i]], b = reverse[(unsigned char)text[i + 1]];
    uint32_t c = reverse[(unsigned char)text[i + 2]], d = reverse[(unsigned char)text[i + 3]];
    if ((a | b | c | d) & 0x80) return 0;
    uint32_t v = a << 18 | b << 12 | c << 6 | d;
    *to++ = (unsigned char)(v >> 16), *to++ = (unsigned char)(v >> 8), *to++ = (unsigned char)v;
  }
  return 1;
}

static uint64_t round_trip(uint64_t seed) {
  for (int i = 0; i < 8; i++) {
    data[(seed + (uint64_t)i * 977) % N]++;
    encode();
    if (!decode()) return 0;
  }
  return bench_bytes(seed, back + seed % (N - 64), 64);
}

BENCH(prepare, round_trip)
