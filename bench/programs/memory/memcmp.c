// The library's memcmp on ranges that are equal, or differ at the end.
#include "sizes.h"

static void prepare(void) {
  prepare_sweep();
  memcpy(target, source, sizeof target);
}

static uint64_t compares(uint64_t seed) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 40 * SWEEP; i++) {
    size_t n = sweep_length(seed, i), at = sweep_offset(seed, i);
    unsigned char old = source[at + n - 1];
    source[at + n - 1] ^= (unsigned char)(i & 2);
    int order = memcmp(source + at, target + at, n);
    sum = sum * 3 + (uint64_t)(order > 0) + 2 * (uint64_t)(order < 0);
    source[at + n - 1] = old;
  }
  return sum;
}

BENCH(prepare, compares)
