// Fast Fourier transform, radix 2, in place, and back again.
#include "../bench.h"

#define BITS 12
#define N (1 << BITS)

static double re[N], im[N], cosine[N / 2], sine[N / 2];

// Twiddle factors by repeated rotation of (cos, sin) of the smallest angle, which Taylor series give exactly enough.
static void prepare(void) {
  double angle = 6.283185307179586 / N, c = 1, s = angle, term = 1;
  for (int k = 2; k < 20; k += 2) term *= -angle * angle / ((k - 1) * k), c += term;
  term = angle;
  for (int k = 3; k < 20; k += 2) term *= -angle * angle / ((k - 1) * k), s += term;
  double x = 1, y = 0;
  for (int i = 0; i < N / 2; i++) {
    cosine[i] = x, sine[i] = y;
    double t = x * c - y * s;
    y = x * s + y * c, x = t;
  }
  uint64_t r = 5;
  for (int i = 0; i < N; i++) re[i] = bench_fraction(&r) - 0.5, im[i] = 0;
}

static void reorder(void) {
  for (uint32_t i = 0, j = 0; i < N; i++) {
    if (i < j) {
      double t = re[i];
      re[i] = re[j], re[j] = t;
      t = im[i];
      im[i] = im[j], im[j] = t;
    }
    uint32_t bit = N >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
  }
}

static void transform(double sign) {
  reorder();
  for (int half = 1, step = N / 2; half < N; half *= 2, step /= 2)
    for (int start = 0; start < N; start += 2 * half)
      for (int k = 0; k < half; k++) {
        double wr = cosine[k * step], wi = sign * sine[k * step];
        int a = start + k, b = a + half;
        double tr = re[b] * wr - im[b] * wi, ti = re[b] * wi + im[b] * wr;
        re[b] = re[a] - tr, im[b] = im[a] - ti;
        re[a] += tr, im[a] += ti;
      }
}

static uint64_t there_and_back(uint64_t seed) {
  re[seed % N] += 0.5;
  for (int i = 0; i < 3; i++) {
    transform(-1);
    transform(1);
    for (int k = 0; k < N; k++) re[k] *= 1.0 / N, im[k] *= 1.0 / N;
  }
  return bench_double(seed, re[seed / 3 % N]);
}

BENCH(prepare, there_and_back)
