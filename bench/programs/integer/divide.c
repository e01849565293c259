// Divisions: by constants, by powers of two, by variables; greatest common divisors; dates from days.
#include "../bench.h"

static uint32_t gcd(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t t = a % b;
    a = b, b = t;
  }
  return a;
}

// Days since 1970-03-01 to year, month and day (Hinnant, "chrono-compatible low-level date algorithms").
static uint32_t date(int32_t z) {
  int32_t era = (z >= 0 ? z : z - 146096) / 146097;
  uint32_t doe = (uint32_t)(z - era * 146097);
  uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  uint32_t mp = (5 * doy + 2) / 153;
  return (yoe + (uint32_t)era * 400) * 512 + mp * 32 + doy - (153 * mp + 2) / 5 + 1;
}

static uint32_t digits(uint64_t v) {
  uint32_t sum = 0;
  do sum = sum * 3 + (uint32_t)(v % 10);
  while (v /= 10);
  return sum;
}

static uint64_t divisions(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  for (int i = 0; i < 8000; i++) {
    uint32_t x = bench_random(&s), y = bench_random(&s);
    h = h * 31 + date((int32_t)(x >> 8) - 5000000) + digits(s);
    h += gcd(x >> 12, y >> 14) + (uint32_t)((int32_t)x / 16) + (uint32_t)((int32_t)y % 7) + (s / (x | 1));
  }
  return h;
}

BENCH(bench_nothing, divisions)
