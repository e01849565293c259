// An adaptive binary range coder (as in LZMA): multiplications, shifts and hard-to-predict branches.
#include "../bench.h"

#define N 8192

static unsigned char text[N], packed[2 * N];
static uint16_t model[256];

static void prepare(void) {
  uint64_t s = 25;
  for (int i = 0; i < N; i++) text[i] = (unsigned char)(bench_random(&s) & bench_random(&s));
}

static void reset(void) {
  for (int i = 0; i < 256; i++) model[i] = 2048;
}

static size_t encode(void) {
  uint64_t low = 0;
  uint32_t range = 0xffffffffu;
  unsigned char cache = 0;
  uint32_t pending = 1;
  size_t out = 0;
  reset();
  for (int i = 0; i < N + 1; i++) {
    uint32_t context = 1;
    for (int bit = 7; bit >= 0; bit--) {
      uint16_t *p = &model[context];
      uint32_t bound = (range >> 12) * *p, b = i < N ? text[i] >> bit & 1u : 0;
      if (b == 0) range = bound, *p = (uint16_t)(*p + ((4096 - *p) >> 5));
      else low += bound, range -= bound, *p = (uint16_t)(*p - (*p >> 5));
      context = context << 1 | b;
      while (range < 1u << 24) {
        if (low < 0xff000000u || low > 0xffffffffu) {
          for (; pending; pending--) packed[out++] = (unsigned char)(cache + (low >> 32)), cache = 0xff;
          cache = (unsigned char)(low >> 24);
        }
        pending++;
        low = (low & 0xffffff) << 8, range <<= 8;
      }
    }
  }
  for (int i = 0; i < 4; i++) packed[out++] = (unsigned char)(low >> (24 - 8 * i));
  return out;
}

static uint64_t decode(size_t n) {
  uint32_t range = 0xffffffffu, value = 0;
  size_t in = 1;
  uint64_t h = 0;
  reset();
  for (int i = 0; i < 4; i++) value = value << 8 | packed[in++];
  for (int i = 0; i < N && in < n; i++) {
    uint32_t context = 1;
    while (context < 256) {
      uint16_t *p = &model[context];
      uint32_t bound = (range >> 12) * *p;
      if (value < bound) range = bound, *p = (uint16_t)(*p + ((4096 - *p) >> 5)), context <<= 1;
      else value -= bound, range -= bound, *p = (uint16_t)(*p - (*p >> 5)), context = context << 1 | 1;
      while (range < 1u << 24) range <<= 8, value = value << 8 | packed[in++];
    }
    h = h * 31 + context;
  }
  return h;
}

static uint64_t code(uint64_t seed) {
  text[seed % N]++;
  size_t n = encode();
  return decode(n) + n;
}

BENCH(prepare, code)
