// The library's memset over a sweep of lengths and alignments.
#include "sizes.h"

static uint64_t fills(uint64_t seed) {
  for (uint32_t i = 0; i < 60 * SWEEP; i++)
    memset(target + sweep_offset(seed, i), (int)(seed >> (i & 31)) & 255, sweep_length(seed, i));
  return bench_bytes(seed, target, 64);
}

BENCH(prepare_sweep, fills)
