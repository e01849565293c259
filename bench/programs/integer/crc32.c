// CRC-32 of a buffer: a table byte by byte, then four tables at a time.
#include "../bench.h"

#define N 65536

static uint32_t table[4][256];
static unsigned char data[N];

static void prepare(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[0][i] = c;
  }
  for (uint32_t i = 0; i < 256; i++)
    for (int t = 1; t < 4; t++) table[t][i] = table[0][table[t - 1][i] & 255] ^ (table[t - 1][i] >> 8);
  bench_fill(data, N, 9);
}

static uint32_t by_byte(uint32_t crc, const unsigned char *p, size_t n) {
  crc = ~crc;
  while (n--) crc = table[0][(crc ^ *p++) & 255] ^ (crc >> 8);
  return ~crc;
}

static uint32_t by_word(uint32_t crc, const unsigned char *p, size_t n) {
  crc = ~crc;
  for (; n >= 4; n -= 4, p += 4) {
    crc ^= (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    crc = table[3][crc & 255] ^ table[2][(crc >> 8) & 255] ^ table[1][(crc >> 16) & 255] ^ table[0][crc >> 24];
  }
  return ~crc;
}

static uint64_t sums(uint64_t seed) {
  data[seed % N] ^= 1;
  uint32_t crc = by_byte((uint32_t)seed, data, N);
  for (int i = 0; i < 4; i++) crc = by_word(crc, data, N);
  return crc;
}

BENCH(prepare, sums)
