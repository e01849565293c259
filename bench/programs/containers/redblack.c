// A left-leaning red-black tree (Sedgewick 2008): inserts, lookups and ordered walks.
#include "../bench.h"

struct node {
  struct node *left, *right;
  uint32_t key, value;
  int red;
};

#define NODES 4096
static struct node pool[NODES];
static uint32_t used;

static int is_red(const struct node *n) { return n && n->red; }

static struct node *rotate_left(struct node *n) {
  struct node *r = n->right;
  n->right = r->left, r->left = n;
  r->red = n->red, n->red = 1;
  return r;
}

static struct node *rotate_right(struct node *n) {
  struct node *l = n->left;
  n->left = l->right, l->right = n;
  l->red = n->red, n->red = 1;
  return l;
}

static struct node *insert(struct node *n, uint32_t key, uint32_t value) {
  if (!n) {
    n = &pool[used++];
    *n = (struct node){NULL, NULL, key, value, 1};
    return n;
  }
  if (key < n->key) n->left = insert(n->left, key, value);
  else if (key > n->key) n->right = insert(n->right, key, value);
  else n->value += value;
  if (is_red(n->right) && !is_red(n->left)) n = rotate_left(n);
  if (is_red(n->left) && is_red(n->left->left)) n = rotate_right(n);
  if (is_red(n->left) && is_red(n->right)) n->red = 1, n->left->red = n->right->red = 0;
  return n;
}

static const struct node *lookup(const struct node *n, uint32_t key) {
  while (n && n->key != key) n = key < n->key ? n->left : n->right;
  return n;
}

static uint64_t walk(const struct node *n, uint64_t h) {
  if (!n) return h;
  h = walk(n->left, h);
  return walk(n->right, h * 31 + n->key + n->value);
}

static uint64_t tree(uint64_t seed) {
  uint64_t s = seed | 1, h = 0;
  struct node *root = NULL;
  used = 0;
  for (uint32_t i = 0; i < 3000; i++) root = insert(root, bench_random(&s) >> 18, i), root->red = 0;
  for (uint32_t i = 0; i < 12000; i++) {
    const struct node *n = lookup(root, bench_random(&s) >> 18);
    h += n ? n->value : 1;
  }
  return walk(root, h);
}

BENCH(bench_nothing, tree)
