// Objects with tables of functions: calls through two pointers, mixed kinds.
#include "../bench.h"

struct shape;

struct methods {
  double (*area)(const struct shape *);
  void (*scale)(struct shape *, double);
  int (*inside)(const struct shape *, double x, double y);
};

struct shape {
  const struct methods *methods;
  double a, b, x, y;
};

static double circle_area(const struct shape *s) { return 3.141592653589793 * s->a * s->a; }
static void circle_scale(struct shape *s, double f) { s->a *= f; }
static int circle_inside(const struct shape *s, double x, double y) {
  return (x - s->x) * (x - s->x) + (y - s->y) * (y - s->y) < s->a * s->a;
}
static double box_area(const struct shape *s) { return s->a * s->b; }
static void box_scale(struct shape *s, double f) { s->a *= f, s->b *= f; }
static int box_inside(const struct shape *s, double x, double y) {
  return x >= s->x && x < s->x + s->a && y >= s->y && y < s->y + s->b;
}
static double triangle_area(const struct shape *s) { return 0.5 * s->a * s->b; }
static void triangle_scale(struct shape *s, double f) { s->a *= f, s->b *= f * 0.5 + 0.5; }
static int triangle_inside(const struct shape *s, double x, double y) {
  return x >= s->x && y >= s->y && (x - s->x) * s->b + (y - s->y) * s->a < s->a * s->b;
}

static const struct methods kinds[3] = {{circle_area, circle_scale, circle_inside},
                                        {box_area, box_scale, box_inside},
                                        {triangle_area, triangle_scale, triangle_inside}};

#define N 512
static struct shape shapes[N];

static uint64_t calls(uint64_t seed) {
  uint64_t s = seed | 1, hits = 0;
  double total = 0;
  for (struct shape *p = shapes; p < shapes + N; p++) {
    p->methods = &kinds[bench_random(&s) % 3];
    p->a = 1 + bench_fraction(&s), p->b = 1 + bench_fraction(&s);
    p->x = bench_fraction(&s), p->y = bench_fraction(&s);
  }
  for (int repeat = 0; repeat < 30; repeat++) {
    double x = 0.05 * repeat, f = repeat & 1 ? 1.25 : 0.8;
    for (int i = 0; i < N; i++) {
      struct shape *p = &shapes[i];
      total += p->methods->area(p);
      hits += (uint64_t)p->methods->inside(p, x, 1.0);
      p->methods->scale(p, f);
    }
  }
  return bench_double(seed, total) + hits;
}

BENCH(bench_nothing, calls)
