// Rays against spheres, with shadows: structures by value, branches on floats, square roots.
#include "../bench.h"
#include <math.h>

typedef struct {
  double x, y, z;
} vec;

typedef struct {
  vec centre;
  double radius, albedo;
} sphere;

#define SPHERES 12
static sphere scene[SPHERES];

static vec sub(vec a, vec b) { return (vec){a.x - b.x, a.y - b.y, a.z - b.z}; }
static vec along(vec o, vec d, double t) { return (vec){o.x + d.x * t, o.y + d.y * t, o.z + d.z * t}; }
static double dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static vec unit(vec a) {
  double f = 1 / sqrt(dot(a, a));
  return (vec){a.x * f, a.y * f, a.z * f};
}

static void prepare(void) {
  uint64_t s = 7;
  for (int i = 0; i < SPHERES; i++) {
    vec *c = &scene[i].centre;
    c->x = 6 * bench_fraction(&s) - 3, c->y = 4 * bench_fraction(&s) - 2, c->z = 4 + 4 * bench_fraction(&s);
    scene[i].radius = 0.3 + 0.7 * bench_fraction(&s);
    scene[i].albedo = 0.2 + 0.8 * bench_fraction(&s);
  }
}

static double hit(const sphere *s, vec origin, vec direction) {
  vec to = sub(s->centre, origin);
  double b = dot(to, direction), d = b * b - dot(to, to) + s->radius * s->radius;
  if (d < 0) return 1e30;
  double root = sqrt(d);
  if (b - root > 1e-4) return b - root;
  return b + root > 1e-4 ? b + root : 1e30;
}

static int nearest(vec origin, vec direction, double *distance) {
  int which = -1;
  *distance = 1e30;
  for (int i = 0; i < SPHERES; i++) {
    double t = hit(&scene[i], origin, direction);
    if (t < *distance) *distance = t, which = i;
  }
  return which;
}

static double trace(vec origin, vec direction, vec light, int depth) {
  double t;
  int i = nearest(origin, direction, &t);
  if (i < 0) return 0.1 + 0.1 * direction.y;
  vec p = along(origin, direction, t), n = unit(sub(p, scene[i].centre)), l = unit(sub(light, p));
  double shade = dot(n, l), shadow;
  if (shade < 0 || nearest(p, l, &shadow) >= 0) shade = 0;
  double colour = scene[i].albedo * (0.1 + 0.9 * shade);
  if (depth == 0) return colour;
  vec mirror = along(direction, n, -2 * dot(direction, n));
  return 0.7 * colour + 0.3 * trace(p, mirror, light, depth - 1);
}

static uint64_t render(uint64_t seed) {
  vec light = {5 - (double)(seed & 7), 5, -5};
  double sum = 0;
  for (int y = 0; y < 48; y++)
    for (int x = 0; x < 64; x++) sum += trace((vec){0, 0, -2}, unit((vec){(x - 32) / 32.0, (24 - y) / 32.0, 1}), light, 2);
  return bench_double(seed, sum);
}

BENCH(prepare, render)
