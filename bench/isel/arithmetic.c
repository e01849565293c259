// Integer arithmetic: constants, negation, division by constants, products, three-operand forms.
#include <stdint.h>

int32_t add_constant(int32_t a) { return a + 100000; }
int32_t multiply_add(int32_t a, int32_t b, int32_t c) { return a * b + c; }
int32_t multiply_by_ten(int32_t a) { return a * 10; }
int32_t divide_by_seven(int32_t a) { return a / 7; }
uint32_t divide_by_ten(uint32_t a) { return a / 10; }
uint32_t remainder_by_sixty(uint32_t a) { return a % 60; }
int32_t divide_by_sixteen(int32_t a) { return a / 16; }
uint64_t high_product(uint64_t a, uint64_t b) { return (uint64_t)((unsigned __int128)a * b >> 64); }
int64_t widening_product(int32_t a, int32_t b) { return (int64_t)a * b; }
int32_t average(int32_t a, int32_t b) { return (int32_t)(((int64_t)a + b) >> 1); }
