// Fibonacci numbers by double recursion: nothing but calls.
#include "../bench.h"

static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static uint64_t number(uint64_t seed) { return fib(22 + (uint32_t)(seed & 1)); }

BENCH(bench_nothing, number)
