// Escape times of the Mandelbrot set: a short float loop with a data-dependent exit.
#include "../bench.h"

static uint64_t image(uint64_t seed) {
  double shift = (double)(seed & 1023) * 1e-6;
  uint64_t total = 0;
  for (int py = 0; py < 64; py++)
    for (int px = 0; px < 64; px++) {
      double cx = px * (3.0 / 64) - 2.25 + shift, cy = py * (2.5 / 64) - 1.25;
      double x = 0, y = 0, xx = 0, yy = 0;
      int n = 0;
      while (n < 200 && xx + yy < 4) {
        y = 2 * x * y + cy;
        x = xx - yy + cx;
        xx = x * x, yy = y * y;
        n++;
      }
      total += (uint64_t)n * (uint64_t)(px + 1);
    }
  return total;
}

BENCH(bench_nothing, image)
