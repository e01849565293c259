// The library's memchr, strchr and strrchr over a sweep of lengths.
#include "sizes.h"

static void prepare(void) {
  bench_fill(source, sizeof source, 30);
  for (size_t i = 0; i < sizeof source; i++) source[i] = (unsigned char)('a' + source[i] % 25);
}

static uint64_t searches(uint64_t seed) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 15 * SWEEP; i++) {
    size_t n = sweep_length(seed, i), at = sweep_offset(seed, i);
    unsigned char a = source[at + n], b = source[at + n + 1];
    source[at + n] = 'z', source[at + n + 1] = 0;
    char *start = (char *)source + at;
    sum = sum * 3 + (uint64_t)((char *)memchr(start, 'z', BUFFER) - start);
    sum = sum * 3 + (uint64_t)(strchr(start, 'z') - start);
    sum = sum * 3 + (uint64_t)(strrchr(start, 'z') - start);
    source[at + n] = a, source[at + n + 1] = b;
  }
  return sum;
}

BENCH(prepare, searches)
