// Motion of five bodies under gravity: square roots, divisions and structures of doubles.
#include "../bench.h"
#include <math.h>

#define N 5

struct body {
  double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[N];

static void prepare(void) {
  uint64_t s = 4;
  for (int i = 0; i < N; i++) {
    struct body *b = &bodies[i];
    b->x = 10 * bench_fraction(&s) - 5, b->y = 10 * bench_fraction(&s) - 5, b->z = 10 * bench_fraction(&s) - 5;
    b->vx = bench_fraction(&s) - 0.5, b->vy = bench_fraction(&s) - 0.5, b->vz = bench_fraction(&s) - 0.5;
    b->mass = 0.01 + bench_fraction(&s);
  }
}

static void advance(double dt) {
  for (int i = 0; i < N; i++)
    for (int j = i + 1; j < N; j++) {
      struct body *a = &bodies[i], *b = &bodies[j];
      double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
      double d2 = dx * dx + dy * dy + dz * dz + 0.01;
      double magnitude = dt / (d2 * sqrt(d2));
      a->vx -= dx * b->mass * magnitude, a->vy -= dy * b->mass * magnitude, a->vz -= dz * b->mass * magnitude;
      b->vx += dx * a->mass * magnitude, b->vy += dy * a->mass * magnitude, b->vz += dz * a->mass * magnitude;
    }
  for (int i = 0; i < N; i++) {
    struct body *b = &bodies[i];
    b->x += dt * b->vx, b->y += dt * b->vy, b->z += dt * b->vz;
  }
}

static uint64_t motion(uint64_t seed) {
  for (int i = 0; i < 10000; i++) advance(0.0001);
  double sum = 0;
  for (int i = 0; i < N; i++) sum += bodies[i].x * bodies[i].vy;
  return bench_double(seed, sum);
}

BENCH(prepare, motion)
