// A threaded interpreter: each word is a function that gets the machine and returns the next cell, called through a pointer.
#include "../bench.h"

typedef struct machine machine;
typedef union cell cell;
typedef const cell *(*word)(machine *, const cell *);
union cell {
  word run;
  intptr_t value;
};

struct machine {
  int32_t stack[64], *top;
  const cell *returns[64], **frame;
  const cell *base;
};

static const cell *literal(machine *m, const cell *at) {
  *++m->top = (int32_t)at->value;
  return at + 1;
}
static const cell *plus(machine *m, const cell *at) {
  m->top--, m->top[0] += m->top[1];
  return at;
}
static const cell *minus(machine *m, const cell *at) {
  m->top--, m->top[0] -= m->top[1];
  return at;
}
static const cell *less(machine *m, const cell *at) {
  m->top--, m->top[0] = m->top[0] < m->top[1];
  return at;
}
static const cell *dup(machine *m, const cell *at) {
  m->top++, m->top[0] = m->top[-1];
  return at;
}
static const cell *exchange(machine *m, const cell *at) {
  int32_t t = m->top[0];
  m->top[0] = m->top[-1], m->top[-1] = t;
  return at;
}
static const cell *unless(machine *m, const cell *at) { return *m->top-- ? at + 1 : m->base + at->value; }
static const cell *call(machine *m, const cell *at) {
  *m->frame++ = at + 1;
  return m->base + at->value;
}
static const cell *leave(machine *m, const cell *at) {
  (void)at;
  return *--m->frame;
}
static const cell *stop(machine *m, const cell *at) {
  (void)m, (void)at;
  return NULL;
}

#define W(f) {.run = f}
#define V(n) {.value = n}

// : fib dup 2 < if exit then dup 1 - fib swap 2 - fib + ;
static const cell code[] = {W(call), V(3), W(stop), W(dup), W(literal), V(2), W(less), W(unless), V(10), W(leave),
                            W(dup), W(literal), V(1), W(minus), W(call), V(3), W(exchange), W(literal), V(2), W(minus),
                            W(call), V(3), W(plus), W(leave)};

static uint64_t fibonacci(uint64_t seed) {
  machine m;
  m.top = m.stack, m.frame = m.returns, m.base = code;
  *m.top = 18 + (int32_t)(seed & 1);
  for (const cell *at = code; at;) at = at->run(&m, at + 1);
  return (uint32_t)*m.top;
}

BENCH(bench_nothing, fibonacci)
