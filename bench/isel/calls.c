// Calls: arguments kept over a call, indirect calls, recursion, a tail call.
#include <stdint.h>

static volatile int32_t seen;

__attribute__((noinline)) int32_t other(int32_t x) {
  seen = x;
  return seen + 1;
}

int32_t keep_over_call(int32_t a, int32_t b) { return other(a) + b; }
int32_t call_twice(int32_t a) { return other(other(a)); }
int32_t apply(int32_t (*f)(int32_t), int32_t x) { return f(x) + 1; }
int32_t fibonacci(int32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
