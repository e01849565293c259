// Sweeps over lengths and alignments, for the programs that time one library function each: mostly short, some long.
#ifndef SIZES_H
#define SIZES_H

#include "../bench.h"

#define BUFFER 32768

static unsigned char source[BUFFER + 64], target[BUFFER + 64];

// The compiler must not see through the lengths, nor turn calls into something else.
static const uint16_t sweep[] = {1, 3, 7, 8, 12, 16, 20, 31, 32, 40, 64, 100, 128, 200, 256, 500, 1024, 1500, 4096, 16384};
#define SWEEP (sizeof sweep / sizeof sweep[0])

static inline void prepare_sweep(void) {
  bench_fill(source, sizeof source, 29);
  for (size_t i = 0; i < sizeof source; i++) source[i] |= 1;
}

// The n-th length of a sweep, a little varied, and an alignment.
static inline size_t sweep_length(uint64_t seed, uint32_t n) { return sweep[n % SWEEP] + (seed >> (n & 31) & 1); }
static inline size_t sweep_offset(uint64_t seed, uint32_t n) { return (seed >> (n & 15)) & 15; }

#endif
