// Box blur and threshold of an image of bytes, with clamping: what image code does.
#include "../bench.h"

#define W 320
#define H 200

static unsigned char image[H][W], out[H][W];

static void prepare(void) { bench_fill(image, sizeof image, 12); }

static uint64_t blur(uint64_t seed) {
  image[seed % H][seed / H % W] ^= 0x80;
  for (int y = 1; y < H - 1; y++)
    for (int x = 1; x < W - 1; x++) {
      int sum = 0;
      for (int dy = -1; dy <= 1; dy++) sum += image[y + dy][x - 1] + 2 * image[y + dy][x] + image[y + dy][x + 1];
      int v = sum / 12 * 5 / 4 - 16;
      out[y][x] = (unsigned char)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
  return bench_bytes(seed, out[seed % H], W);
}

BENCH(prepare, blur)
