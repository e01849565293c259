// ChaCha20 (RFC 8439): adds, exclusive ors and rotates on sixteen words.
#include "../bench.h"

#define N 65536

static unsigned char data[N];

static void prepare(void) { bench_fill(data, N, 15); }

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define QUARTER(a, b, c, d)                       \
  (a += b, d = ROTATE(d ^ a, 16), c += d, b = ROTATE(b ^ c, 12), \
   a += b, d = ROTATE(d ^ a, 8), c += d, b = ROTATE(b ^ c, 7))

static void block(const uint32_t in[16], unsigned char out[64]) {
  uint32_t x[16];
  memcpy(x, in, sizeof x);
  for (int i = 0; i < 10; i++) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; i++) {
    uint32_t w = x[i] + in[i];
    for (int j = 0; j < 4; j++) out[4 * i + j] ^= (unsigned char)(w >> (8 * j));
  }
}

static uint64_t stream(uint64_t seed) {
  uint32_t state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (int i = 4; i < 16; i++) state[i] = (uint32_t)(seed >> i);
  for (int i = 0; i < N; i += 64) {
    state[12]++;
    block(state, data + i);
  }
  return bench_bytes(seed, data + seed % (N - 16), 16);
}

BENCH(prepare, stream)
