// The library's strlen over a sweep of lengths and alignments.
#include "sizes.h"

static uint64_t lengths(uint64_t seed) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 40 * SWEEP; i++) {
    unsigned char *start = source + sweep_offset(seed, i), *end = start + sweep_length(seed, i), old = *end;
    *end = 0;
    sum = sum * 3 + strlen((char *)start);
    *end = old;
  }
  return sum;
}

BENCH(prepare_sweep, lengths)
