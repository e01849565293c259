// Floating point: constants, comparisons, conversions, square roots, copies of signs.
#include <stdint.h>

double halve_and_add(double x, double y) { return x * 0.5 + y; }
int32_t less_or_equal(double x, double y) { return x <= y; }
double from_unsigned(uint32_t x) { return x; }
float from_long(int64_t x) { return (float)x; }
double magnitude(double x) { return __builtin_fabs(x); }
float larger(float x, float y) { return x > y ? x : y; }
double root(double x) { return __builtin_sqrt(x); }
