// Checking UTF-8 by the rules, then by a state machine (after Hoehrmann's idea, with a table built here); counting code points.
#include "../bench.h"

#define N 65536

static unsigned char text[N];
static unsigned char class_of[256], next_state[9][12];

enum { ACCEPT, REJECT, ONE, TWO, THREE, E0, ED, F0, F4 };

static void prepare(void) {
  uint64_t s = 24;
  int n = 0;
  while (n < N - 4) {
    uint32_t r = bench_random(&s), c = r & 15;
    if (c < 9) text[n++] = (unsigned char)(32 + (r >> 8) % 90);
    else if (c < 12) text[n++] = (unsigned char)(0xc2 + (r >> 8) % 30), text[n++] = (unsigned char)(0x80 | (r >> 16 & 63));
    else if (c < 15) text[n++] = (unsigned char)(0xe1 + (r >> 8) % 12), text[n++] = (unsigned char)(0x80 | (r >> 16 & 63)), text[n++] = 0x9a;
    else text[n++] = 0xf1, text[n++] = 0x8f, text[n++] = (unsigned char)(0x80 | (r >> 16 & 63)), text[n++] = 0xbf;
  }
  while (n < N) text[n++] = 'x';
  for (int b = 0; b < 256; b++)
    class_of[b] = (unsigned char)(b < 0x80 ? 0 : b < 0x90 ? 1 : b < 0xa0 ? 2 : b < 0xc0 ? 3 : b < 0xc2 ? 4 : b < 0xe0 ? 5 : b == 0xe0 ? 6
                                  : b == 0xed ? 7 : b < 0xf0 ? 8 : b == 0xf0 ? 9 : b < 0xf4 ? 10 : b == 0xf4 ? 11 : 4);
  memset(next_state, REJECT, sizeof next_state);
  static const unsigned char first[12] = {ACCEPT, REJECT, REJECT, REJECT, REJECT, ONE, E0, ED, TWO, F0, THREE, F4};
  memcpy(next_state[ACCEPT], first, 12);
  for (int c = 1; c <= 3; c++) next_state[ONE][c] = ACCEPT, next_state[TWO][c] = ONE, next_state[THREE][c] = TWO;
  next_state[E0][3] = next_state[ED][1] = next_state[ED][2] = ONE;
  next_state[F0][2] = next_state[F0][3] = next_state[F4][1] = TWO;
}

static int32_t by_rules(void) {
  int32_t count = 0;
  for (int i = 0; i < N; count++) {
    uint32_t c = text[i++], more, least, v;
    if (c < 0x80) continue;
    if (c >= 0xc2 && c < 0xe0) more = 1, least = 0x80, v = c & 31;
    else if (c >= 0xe0 && c < 0xf0) more = 2, least = 0x800, v = c & 15;
    else if (c >= 0xf0 && c < 0xf5) more = 3, least = 0x10000, v = c & 7;
    else return -1;
    for (; more; more--) {
      if (i >= N || (text[i] & 0xc0) != 0x80) return -1;
      v = v << 6 | (text[i++] & 63u);
    }
    if (v < least || v > 0x10ffff || (v >= 0xd800 && v < 0xe000)) return -1;
  }
  return count;
}

static int32_t by_table(void) {
  uint32_t state = ACCEPT;
  int32_t count = 0;
  for (int i = 0; i < N; i++) {
    state = next_state[state][class_of[text[i]]];
    count += state == ACCEPT;
  }
  return state == ACCEPT ? count : -1;
}

static uint64_t check(uint64_t seed) {
  text[N - 1 - seed % 2] ^= 1;
  uint64_t sum = 0;
  for (int i = 0; i < 3; i++) sum = sum * 31 + (uint32_t)by_rules() * 2u + (uint32_t)by_table();
  return sum;
}

BENCH(prepare, check)
