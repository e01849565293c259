// Quicksort with insertion sort for short ranges, in place, on 32-bit integers.
#include "../bench.h"

#define N 20000

static int32_t data[N];

static void insertion(int32_t *a, int n) {
  for (int i = 1; i < n; i++) {
    int32_t v = a[i];
    int j = i;
    for (; j > 0 && a[j - 1] > v; j--) a[j] = a[j - 1];
    a[j] = v;
  }
}

static void sort(int32_t *a, int n) {
  while (n > 16) {
    int32_t x = a[0], y = a[n / 2], z = a[n - 1];
    int32_t pivot = x < y ? (y < z ? y : x < z ? z : x) : (x < z ? x : y < z ? z : y);
    int i = 0, j = n - 1;
    for (;;) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i >= j) break;
      int32_t t = a[i];
      a[i++] = a[j], a[j--] = t;
    }
    int left = a[i] < pivot ? i + 1 : i;
    if (left == 0) left = 1;
    sort(a + left, n - left);
    n = left;
  }
  insertion(a, n);
}

static uint64_t sorted(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < N; i++) data[i] = (int32_t)bench_random(&s);
  sort(data, N);
  for (int i = 0; i < N; i += 97) h = h * 31 + (uint32_t)data[i];
  return h;
}

BENCH(bench_nothing, sorted)
