// Small loops: sums, copies, searches, pointer walks, dependent updates.
#include <stdint.h>

uint64_t sum_bytes(const uint8_t *p, uint32_t n) {
  uint64_t s = 0;
  while (n--) s = s * 31 + *p++;
  return s;
}
int32_t find(const int32_t *p, int32_t n, int32_t key) {
  for (int32_t i = 0; i < n; i++)
    if (p[i] == key) return i;
  return -1;
}
uint32_t list_length(const uint32_t *const *p) {
  uint32_t n = 0;
  for (; p; p = (const uint32_t *const *)*p) n++;
  return n;
}
uint32_t greatest_divisor(uint32_t a, uint32_t b) {
  while (b) {
    uint32_t t = a % b;
    a = b, b = t;
  }
  return a;
}
uint32_t checksum(const uint32_t *table, const uint8_t *p, const uint8_t *end) {
  uint32_t c = 0;
  while (p < end) c = table[(c ^ *p++) & 255] ^ c >> 8;
  return c;
}
double polynomial(const double *c, int32_t n, double x) {
  double y = 0;
  for (int32_t i = n; i > 0; i--) y = y * x + c[i];
  return y;
}
