// Longest common subsequence and edit distance by dynamic programming: three-way minima, byte compares.
#include "../bench.h"

#define N 600

static char a[N + 1], b[N + 1];
static uint16_t row[2][N + 1];
static int32_t cost[N + 1];

static uint32_t common(void) {
  memset(row, 0, sizeof row);
  for (int i = 0; i < N; i++) {
    uint16_t *last = row[i & 1], *next = row[~i & 1];
    for (int j = 0; j < N; j++)
      next[j + 1] = a[i] == b[j] ? (uint16_t)(last[j] + 1) : last[j + 1] > next[j] ? last[j + 1] : next[j];
  }
  return row[N & 1][N];
}

static int32_t edits(void) {
  for (int j = 0; j <= N; j++) cost[j] = j;
  for (int i = 0; i < N; i++) {
    int32_t diagonal = cost[0];
    cost[0] = i + 1;
    for (int j = 0; j < N; j++) {
      int32_t best = diagonal + (a[i] != b[j]);
      if (cost[j] + 1 < best) best = cost[j] + 1;
      if (cost[j + 1] + 1 < best) best = cost[j + 1] + 1;
      diagonal = cost[j + 1];
      cost[j + 1] = best;
    }
  }
  return cost[N];
}

static uint64_t align(uint64_t seed) {
  uint64_t s = seed | 1;
  for (int i = 0; i < N; i++) a[i] = "acgt"[bench_random(&s) & 3], b[i] = "acgt"[bench_random(&s) & 3];
  return common() * 1000u + (uint32_t)edits();
}

BENCH(bench_nothing, align)
