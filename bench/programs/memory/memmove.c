// The library's memmove, overlapping both ways.
#include "sizes.h"

static uint64_t moves(uint64_t seed) {
  for (uint32_t i = 0; i < 40 * SWEEP; i++) {
    size_t n = sweep_length(seed, i), gap = 1 + sweep_offset(seed, i);
    memmove(source + gap, source, n);
    memmove(source, source + gap, n);
  }
  return bench_bytes(seed, source, 64);
}

BENCH(prepare_sweep, moves)
