// Expression trees evaluated recursively, with a switch on the node's kind; simplified by a second walk.
#include "../bench.h"

enum kind { NUMBER, VARIABLE, ADD, SUB, MUL, MIN, IF, NEG };

struct node {
  enum kind kind;
  int32_t value;
  struct node *a, *b, *c;
};

static struct node pool[4096];
static uint32_t used;
static struct node *roots[16];
static int32_t variables[8];

static struct node *grow(uint64_t *s, int depth) {
  struct node *n = &pool[used++];
  uint32_t r = bench_random(s);
  n->kind = depth == 0 || used > 3900 ? (r & 1 ? NUMBER : VARIABLE) : (enum kind)(ADD + r % 6);
  n->value = (int32_t)(r >> 8 & 7);
  if (n->kind >= ADD) n->a = grow(s, depth - 1);
  if (n->kind >= ADD && n->kind != NEG) n->b = grow(s, depth - 1);
  if (n->kind == IF) n->c = grow(s, depth - 1);
  return n;
}

static void prepare(void) {
  uint64_t s = 28;
  for (int i = 0; i < 16; i++) roots[i] = grow(&s, 6);
}

static uint32_t evaluate(const struct node *n) {
  switch (n->kind) {
  case NUMBER: return (uint32_t)n->value;
  case VARIABLE: return (uint32_t)variables[n->value];
  case ADD: return evaluate(n->a) + evaluate(n->b);
  case SUB: return evaluate(n->a) - evaluate(n->b);
  case MUL: return evaluate(n->a) * evaluate(n->b);
  case MIN: {
    uint32_t a = evaluate(n->a), b = evaluate(n->b);
    return (int32_t)a < (int32_t)b ? a : b;
  }
  case IF: return evaluate(n->a) & 1 ? evaluate(n->b) : evaluate(n->c);
  default: return 0u - evaluate(n->a);
  }
}

static int constant(const struct node *n) {
  if (n->kind == NUMBER) return 1;
  if (n->kind == VARIABLE) return 0;
  return constant(n->a) && (n->b == NULL || constant(n->b)) && (n->c == NULL || constant(n->c));
}

static uint64_t walks(uint64_t seed) {
  uint64_t h = seed;
  for (int i = 0; i < 16; i++) {
    for (int k = 0; k < 8; k++) variables[k] = (int32_t)(h >> k);
    for (int k = 0; k < 16; k++) h = bench_mix(h, evaluate(roots[k]) + (uint32_t)constant(roots[k]));
  }
  return h;
}

BENCH(prepare, walks)
