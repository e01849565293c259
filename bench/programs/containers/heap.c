// A generic binary heap with element size and comparison function given at run time, and heap sort by it; qsort and bsearch too.
#include "../bench.h"

typedef int (*compare)(const void *, const void *);

static void swap(unsigned char *a, unsigned char *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    unsigned char t = a[i];
    a[i] = b[i], b[i] = t;
  }
}

static void sift(unsigned char *base, size_t at, size_t n, size_t size, compare order) {
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= n) return;
    if (child + 1 < n && order(base + child * size, base + (child + 1) * size) < 0) child++;
    if (order(base + at * size, base + child * size) >= 0) return;
    swap(base + at * size, base + child * size, size);
    at = child;
  }
}

static void heap_sort(void *base, size_t n, size_t size, compare order) {
  for (size_t i = n / 2; i-- > 0;) sift(base, i, n, size, order);
  for (size_t i = n; i-- > 1;) {
    swap(base, (unsigned char *)base + i * size, size);
    sift(base, 0, i, size, order);
  }
}

struct pair {
  uint32_t key;
  float weight;
};

static int by_key(const void *a, const void *b) {
  uint32_t x = ((const struct pair *)a)->key, y = ((const struct pair *)b)->key;
  return (x > y) - (x < y);
}

static int by_weight(const void *a, const void *b) {
  float x = ((const struct pair *)a)->weight, y = ((const struct pair *)b)->weight;
  return (x > y) - (x < y);
}

#define N 2000
static struct pair pairs[N];

static uint64_t sorts(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (uint32_t i = 0; i < N; i++) {
    pairs[i].key = bench_random(&s);
    pairs[i].weight = (float)(bench_random(&s) >> 8) + (float)i * 0.001f;
  }
  heap_sort(pairs, N, sizeof *pairs, seed & 1 ? by_key : by_weight);
  for (uint32_t i = 0; i < N; i += 50) h = h * 31 + pairs[i].key;
  qsort(pairs, N, sizeof *pairs, by_key);
  for (uint32_t i = 0; i < N; i++) {
    struct pair probe = {pairs[i].key + (i & 1), 0};
    h += bsearch(&probe, pairs, N, sizeof *pairs, by_key) != NULL;
  }
  return h;
}

BENCH(bench_nothing, sorts)
