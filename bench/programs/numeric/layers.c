// Two dense layers of a neural network with rectified outputs, in 32-bit floats.
#include "../bench.h"

#define IN 256
#define HIDDEN 128
#define OUT 32

static float w1[HIDDEN][IN], w2[OUT][HIDDEN], input[IN], hidden[HIDDEN], output[OUT];

static void prepare(void) {
  uint64_t s = 8;
  for (int i = 0; i < HIDDEN; i++)
    for (int j = 0; j < IN; j++) w1[i][j] = (float)bench_fraction(&s) * 0.1f - 0.05f;
  for (int i = 0; i < OUT; i++)
    for (int j = 0; j < HIDDEN; j++) w2[i][j] = (float)bench_fraction(&s) * 0.1f - 0.05f;
}

static void dense(float *to, const float *weights, const float *from, int rows, int columns) {
  for (int i = 0; i < rows; i++) {
    float sums[4] = {0, 0, 0, 0};
    for (int j = 0; j < columns; j += 4)
      for (int k = 0; k < 4; k++) sums[k] += weights[i * columns + j + k] * from[j + k];
    float sum = sums[0] + sums[1] + sums[2] + sums[3];
    to[i] = sum > 0 ? sum : 0;
  }
}

static uint64_t infer(uint64_t seed) {
  uint64_t h = seed, s = seed | 1;
  for (int j = 0; j < IN; j++) input[j] = (float)bench_fraction(&s);
  for (int i = 0; i < 60; i++) {
    input[i] += 0.01f;
    dense(hidden, w1[0], input, HIDDEN, IN);
    dense(output, w2[0], hidden, OUT, HIDDEN);
    h = bench_double(h, output[i % OUT]);
  }
  return h;
}

BENCH(prepare, infer)
