// Regular expressions by Thompson's simulation: sets of states advanced over a text.
#include "../bench.h"

enum { CHAR, ANY, SPLIT, RANGE, JUMP, MATCH };

struct inst {
  unsigned char op, low, high;
  int16_t x, y;
};

static struct inst program[64];
static int length;
static char text[8192];

static int add(unsigned char op, int low, int high, int x, int y) {
  program[length] = (struct inst){op, (unsigned char)low, (unsigned char)high, (int16_t)x, (int16_t)y};
  return length++;
}

// Compiles letters, '.', "0" for a digit, and postfix * + ? to a program; alternatives with '|' at the top level.
static void compile(const char *p) {
  length = 0;
  while (*p) {
    const char *bar = strchr(p, '|');
    int fork = bar ? add(SPLIT, 0, 0, length + 1, 0) : -1;
    for (; *p && *p != '|'; p++) {
      int at = length;
      if (p[1] == '*' || p[1] == '?') add(SPLIT, 0, 0, at + 1, 0);
      if (*p == '.') add(ANY, 0, 0, 0, 0);
      else if (*p == '0') add(RANGE, '0', '9', 0, 0);
      else add(CHAR, *p, *p, 0, 0);
      if (p[1] == '*') add(JUMP, 0, 0, at, 0), program[at].y = (int16_t)length, p++;
      else if (p[1] == '+') add(SPLIT, 0, 0, at, length + 1), p++;
      else if (p[1] == '?') program[at].y = (int16_t)length, p++;
    }
    add(MATCH, 0, 0, 0, 0);
    if (fork >= 0) program[fork].y = (int16_t)length, p++;
  }
}

struct set {
  int count;
  int16_t at[64];
  uint32_t mark[64];
};

static uint32_t generation;

static void follow(struct set *s, int pc) {
  if (s->mark[pc] == generation) return;
  s->mark[pc] = generation;
  const struct inst *i = &program[pc];
  if (i->op == JUMP) follow(s, i->x);
  else if (i->op == SPLIT) follow(s, i->x), follow(s, i->y);
  else s->at[s->count++] = (int16_t)pc;
}

static uint32_t search(const char *p, size_t n) {
  static struct set sets[2];
  struct set *now = &sets[0], *next = &sets[1];
  uint32_t matches = 0;
  now->count = 0;
  for (size_t k = 0; k < n; k++) {
    unsigned char c = (unsigned char)p[k];
    follow(now, 0);
    generation++;
    next->count = 0;
    for (int i = 0; i < now->count; i++) {
      const struct inst *in = &program[now->at[i]];
      if (in->op == MATCH) matches++;
      else if (in->op == ANY || (c >= in->low && c <= in->high)) follow(next, now->at[i] + 1);
    }
    struct set *t = now;
    now = next, next = t;
  }
  return matches;
}

static void prepare(void) {
  uint64_t s = 26;
  for (size_t i = 0; i < sizeof text; i++) text[i] = "aabbcc0123xyz "[bench_random(&s) % 14];
}

static uint64_t matches(uint64_t seed) {
  static const char *patterns[] = {"a*b+c", "x0+y?z|abc|c.*0", "0+.0", "ab?c?a"};
  uint64_t h = seed;
  for (int i = 0; i < 4; i++) {
    compile(patterns[i]);
    h = bench_mix(h, search(text + (seed & 1023), 4096));
  }
  return h;
}

BENCH(prepare, matches)
