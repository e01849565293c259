// AES-128 (FIPS 197) in counter mode with four tables of words.
#include "../bench.h"

#define N 32768

static unsigned char sbox[256], data[N];
static uint32_t table[4][256], keys[44];

static unsigned char twice(unsigned char x) { return (unsigned char)(x << 1 ^ (x & 0x80 ? 0x1b : 0)); }

static void prepare(void) {
  unsigned char p = 1, q = 1;
  do { // p runs through all powers of 3, q through those of its inverse.
    p = (unsigned char)(p ^ twice(p));
    q ^= (unsigned char)(q << 1), q ^= (unsigned char)(q << 2), q ^= (unsigned char)(q << 4);
    if (q & 0x80) q ^= 0x09;
    unsigned char x = (unsigned char)(q ^ (q << 1 | q >> 7) ^ (q << 2 | q >> 6) ^ (q << 3 | q >> 5) ^ (q << 4 | q >> 4));
    sbox[p] = x ^ 0x63;
  } while (p != 1);
  sbox[0] = 0x63;
  for (int i = 0; i < 256; i++) {
    uint32_t s = sbox[i], d = twice(sbox[i]), t = d << 24 | s << 16 | s << 8 | (d ^ s);
    for (int k = 0; k < 4; k++) table[k][i] = t >> (8 * k) | (k ? t << (32 - 8 * k) : 0);
  }
  unsigned char rcon = 1;
  for (uint32_t i = 0; i < 4; i++) keys[i] = 0x01020304u * (i + 1);
  for (int i = 4; i < 44; i++) {
    uint32_t t = keys[i - 1];
    if (i % 4 == 0) {
      t = (uint32_t)sbox[t >> 16 & 255] << 24 | (uint32_t)sbox[t >> 8 & 255] << 16 | (uint32_t)sbox[t & 255] << 8 | sbox[t >> 24];
      t ^= (uint32_t)rcon << 24;
      rcon = twice(rcon);
    }
    keys[i] = keys[i - 4] ^ t;
  }
  bench_fill(data, N, 14);
}

static uint32_t column(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return table[0][a >> 24] ^ table[1][b >> 16 & 255] ^ table[2][c >> 8 & 255] ^ table[3][d & 255];
}

static uint32_t last(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return (uint32_t)sbox[a >> 24] << 24 | (uint32_t)sbox[b >> 16 & 255] << 16 | (uint32_t)sbox[c >> 8 & 255] << 8 | sbox[d & 255];
}

static void encrypt(uint32_t s[4]) {
  uint32_t a = s[0] ^ keys[0], b = s[1] ^ keys[1], c = s[2] ^ keys[2], d = s[3] ^ keys[3];
  const uint32_t *k = keys + 4;
  for (int round = 1; round < 10; round++, k += 4) {
    uint32_t e = column(a, b, c, d) ^ k[0], f = column(b, c, d, a) ^ k[1], g = column(c, d, a, b) ^ k[2];
    d = column(d, a, b, c) ^ k[3];
    a = e, b = f, c = g;
  }
  s[0] = last(a, b, c, d) ^ k[0], s[1] = last(b, c, d, a) ^ k[1];
  s[2] = last(c, d, a, b) ^ k[2], s[3] = last(d, a, b, c) ^ k[3];
}

static uint64_t counter_mode(uint64_t seed) {
  for (uint32_t i = 0; i < N / 16; i++) {
    uint32_t s[4] = {(uint32_t)seed, (uint32_t)(seed >> 32), 0, i};
    encrypt(s);
    for (int j = 0; j < 16; j++) data[i * 16 + (uint32_t)j] ^= (unsigned char)(s[j / 4] >> (24 - j % 4 * 8));
  }
  return bench_bytes(seed, data + seed % (N - 16), 16);
}

BENCH(prepare, counter_mode)
