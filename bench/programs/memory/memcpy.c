// The library's memcpy over a sweep of lengths and alignments.
#include "sizes.h"

static uint64_t copies(uint64_t seed) {
  for (uint32_t i = 0; i < 40 * SWEEP; i++)
    memcpy(target + sweep_offset(seed, i), source + sweep_offset(seed, i + 3), sweep_length(seed, i));
  return bench_bytes(seed, target, 64);
}

BENCH(prepare_sweep, copies)
