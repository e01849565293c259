// A B-tree of 64-bit keys with fan-out 16: binary searches in nodes, splits, memmove of short ranges.
#include "../bench.h"

#define KEYS 15

struct node {
  uint64_t keys[KEYS];
  struct node *children[KEYS + 1];
  int count, leaf;
};

static struct node pool[4096];
static int used;

static struct node *make(int leaf) {
  struct node *n = &pool[used++];
  n->count = 0, n->leaf = leaf;
  return n;
}

static int position(const struct node *n, uint64_t key) {
  int low = 0, high = n->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (n->keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void split(struct node *parent, int i) {
  struct node *full = parent->children[i], *right = make(full->leaf);
  int half = KEYS / 2;
  right->count = KEYS - half - 1;
  memcpy(right->keys, full->keys + half + 1, (size_t)right->count * sizeof *right->keys);
  if (!full->leaf) memcpy(right->children, full->children + half + 1, (size_t)(right->count + 1) * sizeof *right->children);
  full->count = half;
  memmove(parent->keys + i + 1, parent->keys + i, (size_t)(parent->count - i) * sizeof *parent->keys);
  memmove(parent->children + i + 2, parent->children + i + 1, (size_t)(parent->count - i) * sizeof *parent->children);
  parent->keys[i] = full->keys[half], parent->children[i + 1] = right;
  parent->count++;
}

static struct node *insert(struct node *root, uint64_t key) {
  if (root->count == KEYS) {
    struct node *top = make(0);
    top->children[0] = root;
    split(top, 0);
    root = top;
  }
  for (struct node *n = root;;) {
    int i = position(n, key);
    if (i < n->count && n->keys[i] == key) return root;
    if (n->leaf) {
      memmove(n->keys + i + 1, n->keys + i, (size_t)(n->count - i) * sizeof *n->keys);
      n->keys[i] = key;
      n->count++;
      return root;
    }
    if (n->children[i]->count == KEYS) {
      split(n, i);
      if (n->keys[i] < key) i++;
    }
    n = n->children[i];
  }
}

static int contains(const struct node *n, uint64_t key) {
  for (;;) {
    int i = position(n, key);
    if (i < n->count && n->keys[i] == key) return 1;
    if (n->leaf) return 0;
    n = n->children[i];
  }
}

static uint64_t tree(uint64_t seed) {
  uint64_t s = seed | 1, found = 0;
  used = 0;
  struct node *root = make(1);
  for (int i = 0; i < 5000; i++) root = insert(root, bench_random(&s) >> 16);
  for (int i = 0; i < 10000; i++) found += (uint64_t)contains(root, bench_random(&s) >> 16);
  return found * 4096 + (uint64_t)used;
}

BENCH(bench_nothing, tree)
