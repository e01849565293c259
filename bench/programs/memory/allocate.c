// malloc, realloc and free of mixed sizes.
#include "../bench.h"

#define SLOTS 512

static unsigned char *slots[SLOTS];
static uint32_t sizes[SLOTS];

static uint64_t churn(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < 6000; i++) {
    uint32_t r = bench_random(&s), k = r % SLOTS, n = 8 + (r >> 12 & 255) * (r >> 29 ? 1 : 16);
    if (slots[k] && (r >> 20 & 3) == 0) {
      slots[k] = realloc(slots[k], n);
      if (n > sizes[k]) slots[k][n - 1] = 3;
    } else {
      free(slots[k]);
      slots[k] = malloc(n);
      slots[k][0] = (unsigned char)r, slots[k][n - 1] = (unsigned char)i;
    }
    sizes[k] = n;
    h = h * 31 + slots[k][0];
  }
  return h;
}

BENCH(bench_nothing, churn)
