// Convolution of an image of floats with a 5 by 5 kernel.
#include "../bench.h"

#define W 160
#define H 120

static float image[H][W], out[H][W], kernel[5][5];

static void prepare(void) {
  uint64_t s = 6;
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) image[y][x] = (float)bench_fraction(&s);
  for (int y = 0; y < 5; y++)
    for (int x = 0; x < 5; x++) kernel[y][x] = (float)bench_fraction(&s) / 12.5f;
}

static uint64_t convolve(uint64_t seed) {
  image[seed % H][seed / H % W] = 1.5f;
  for (int y = 2; y < H - 2; y++)
    for (int x = 2; x < W - 2; x++) {
      float sum = 0;
      for (int dy = 0; dy < 5; dy++)
        for (int dx = 0; dx < 5; dx++) sum += image[y + dy - 2][x + dx - 2] * kernel[dy][dx];
      out[y][x] = sum;
    }
  return bench_double(seed, out[seed % H][seed / 5 % W]);
}

BENCH(prepare, convolve)
