// LZ77 with a hash of three bytes and a chain, and its decoder (the format is of our own making).
#include "../bench.h"

#define N 32768
#define WINDOW 4096

static unsigned char text[N], packed[2 * N], unpacked[N];
static int32_t head[4096], previous[N];

static void prepare(void) {
  static const char *words[] = {"the ", "quick ", "compiler ", "makes ", "native ", "code ", "of ", "modules, ", "and ", "fast.\n"};
  uint64_t s = 19;
  size_t n = 0;
  while (n < N) {
    const char *w = words[bench_random(&s) % 10];
    while (*w && n < N) text[n++] = (unsigned char)*w++;
    if (n < N && bench_random(&s) % 5 == 0) text[n++] = (unsigned char)(bench_random(&s) & 127);
  }
}

static int match(int at, int candidate, int *length) {
  int chain = 16, best = 0;
  *length = 2;
  for (; candidate >= 0 && at - candidate < WINDOW && chain--; candidate = previous[candidate]) {
    int n = 0;
    while (n < 130 && at + n < N && text[candidate + n] == text[at + n]) n++;
    if (n > *length) *length = n, best = at - candidate;
  }
  return best;
}

static int pack(void) {
  int out = 0;
  memset(head, 0xff, sizeof head);
  for (int at = 0; at < N;) {
    int length = 1, back = 0, last = at;
    if (at + 3 <= N) {
      uint32_t h = ((uint32_t)text[at] << 16 | (uint32_t)text[at + 1] << 8 | text[at + 2]) * 0x9e3779b1u >> 20;
      back = match(at, head[h], &length);
      previous[at] = head[h], head[h] = at;
    }
    if (back > 0) {
      packed[out++] = (unsigned char)(0x80 | (length - 3));
      packed[out++] = (unsigned char)back, packed[out++] = (unsigned char)(back >> 8);
      last = at + length;
      for (at++; at < last; at++) {
        if (at + 3 > N) continue;
        uint32_t h = ((uint32_t)text[at] << 16 | (uint32_t)text[at + 1] << 8 | text[at + 2]) * 0x9e3779b1u >> 20;
        previous[at] = head[h], head[h] = at;
      }
    } else {
      packed[out++] = text[at++] & 0x7f;
    }
  }
  return out;
}

static int unpack(int n) {
  int out = 0;
  for (int i = 0; i < n;) {
    unsigned char c = packed[i++];
    if (c < 0x80) {
      unpacked[out++] = c;
      continue;
    }
    int back = packed[i] | packed[i + 1] << 8;
    i += 2;
    for (int length = (c & 0x7f) + 3; length > 0; length--, out++) unpacked[out] = unpacked[out - back];
  }
  return out;
}

static uint64_t round_trip(uint64_t seed) {
  text[seed % N] = (unsigned char)(seed >> 40 & 0x7f);
  int n = pack(), m = unpack(n);
  if (m != N || memcmp(text, unpacked, N) != 0) return 0;
  for (int i = 0; i < 8; i++) unpack(n);
  return (uint64_t)n;
}

BENCH(prepare, round_trip)
