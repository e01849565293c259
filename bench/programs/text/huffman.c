// Huffman coding: a tree by repeated minima, then bits out and bits in.
#include "../bench.h"

#define N 16384

static unsigned char text[N], packed[2 * N], unpacked[N];
static int32_t left[512], right[512];
static uint32_t weight[512], code[256];
static unsigned char length[256];

static void prepare(void) {
  uint64_t s = 20;
  for (int i = 0; i < N; i++) {
    uint32_t x = bench_random(&s);
    text[i] = (unsigned char)((x & 63) + (x >> 8 & 63) + (x >> 16 & 63));
  }
}

static void assign(int node, uint32_t bits, unsigned depth) {
  if (node < 256) {
    code[node] = bits, length[node] = (unsigned char)depth;
    return;
  }
  assign(left[node], bits << 1, depth + 1);
  assign(right[node], bits << 1 | 1, depth + 1);
}

static int smallest(const unsigned char *used, int nodes) {
  int best = -1;
  for (int i = 0; i < nodes; i++)
    if (!used[i] && weight[i] > 0 && (best < 0 || weight[i] < weight[best])) best = i;
  return best;
}

static int build(void) {
  unsigned char used[512] = {0};
  memset(weight, 0, sizeof weight);
  for (int i = 0; i < N; i++) weight[text[i]]++;
  int nodes = 256;
  for (;;) {
    int a = smallest(used, nodes);
    used[a] = 1;
    int b = smallest(used, nodes);
    if (b < 0) break;
    used[b] = 1;
    left[nodes] = a, right[nodes] = b;
    weight[nodes] = weight[a] + weight[b];
    nodes++;
  }
  assign(nodes - 1, 0, 0);
  return nodes - 1;
}

static int encode(void) {
  uint64_t bits = 0;
  unsigned have = 0;
  int out = 0;
  for (int i = 0; i < N; i++) {
    bits = bits << length[text[i]] | code[text[i]];
    have += length[text[i]];
    while (have >= 8) packed[out++] = (unsigned char)(bits >> (have -= 8));
  }
  packed[out++] = (unsigned char)(bits << (8 - have));
  return out;
}

static void decode(int root) {
  int node = root, out = 0;
  for (int i = 0; out < N; i++)
    for (int bit = 7; bit >= 0 && out < N; bit--) {
      node = packed[i] >> bit & 1 ? right[node] : left[node];
      if (node < 256) unpacked[out++] = (unsigned char)node, node = root;
    }
}

static uint64_t round_trip(uint64_t seed) {
  text[seed % N] = (unsigned char)seed;
  int root = build(), n = encode();
  for (int i = 0; i < 4; i++) decode(root);
  return memcmp(text, unpacked, N) == 0 ? (uint64_t)n : 0;
}

BENCH(prepare, round_trip)
