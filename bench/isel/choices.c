// Comparisons as values, minima, clamps, selects, short-circuit conditions, a dense and a sparse switch.
#include <stdint.h>

int32_t minimum(int32_t a, int32_t b) { return a < b ? a : b; }
int32_t clamp(int32_t x) { return x < 0 ? 0 : x > 255 ? 255 : x; }
int32_t absolute(int32_t x) { return x < 0 ? -x : x; }
int32_t three_way(int32_t a, int32_t b) { return (a > b) - (a < b); }
int32_t in_range(uint32_t c) { return c - 'a' < 26 || c - 'A' < 26; }
int32_t select_zero(int32_t c, int32_t a) { return c ? a : 0; }
int32_t dense_switch(int32_t x) {
  switch (x) {
  case 0: return 17;
  case 1: return 99;
  case 2: return 3;
  case 3: return 1024;
  case 4: return -5;
  default: return 7;
  }
}
int32_t is_space(int32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
