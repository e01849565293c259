// Histograms and prefix sums of bytes and words: dependent loads and stores.
#include "../bench.h"

#define N 131072

static unsigned char data[N];
static uint32_t counts[256], prefix[257];
static uint16_t words[N / 2], word_counts[65536];

static void prepare(void) {
  bench_fill(data, N, 10);
  memcpy(words, data, N);
}

static uint64_t histogram(uint64_t seed) {
  data[seed % N]++;
  words[seed % (N / 2)]++;
  memset(counts, 0, sizeof counts);
  for (int i = 0; i < N; i++) counts[data[i]]++;
  for (int i = 0; i < 256; i++) prefix[i + 1] = prefix[i] + counts[i];
  for (int i = 0; i < N / 2; i++) word_counts[words[i]] += (uint16_t)i;
  uint64_t h = 0;
  for (int i = 0; i < 256; i++) h = h * 31 + prefix[i + 1] + word_counts[i * 256];
  return h;
}

BENCH(prepare, histogram)
