// Merge sort, bottom up, of 64-bit keys with payloads.
#include "../bench.h"

#define N 16384

struct item {
  uint64_t key;
  uint32_t payload;
};

static struct item items[N], spare[N];

static void merge(const struct item *from, struct item *to, int width) {
  for (int start = 0; start < N; start += 2 * width) {
    int i = start, middle = start + width, j = middle, end = middle + width;
    for (int k = start; k < end; k++)
      if (j >= end || (i < middle && from[i].key <= from[j].key)) to[k] = from[i++];
      else to[k] = from[j++];
  }
}

static uint64_t sorted(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < N; i++) items[i].key = (uint64_t)bench_random(&s) << 20, items[i].key |= s & 0xfffff, items[i].payload = (uint32_t)i;
  for (int width = 1; width < N; width *= 4) {
    merge(items, spare, width);
    merge(spare, items, 2 * width);
  }
  for (int i = 0; i < N; i += 61) h = h * 31 + items[i].key + items[i].payload;
  return h;
}

BENCH(bench_nothing, sorted)
