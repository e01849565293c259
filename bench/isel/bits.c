// Bit fields, rotates, byte order, masks, counts.
#include <stdint.h>

uint32_t rotate_by(uint32_t x, uint32_t n) { return x << (n & 31) | x >> (-n & 31); }
uint64_t rotate_constant(uint64_t x) { return x << 13 | x >> 51; }
uint32_t swap_bytes(uint32_t x) { return x >> 24 | (x >> 8 & 0xff00) | (x << 8 & 0xff0000) | x << 24; }
uint32_t extract_field(uint32_t x) { return x >> 5 & 0x3f; }
uint32_t insert_field(uint32_t x, uint32_t y) { return (x & ~0xff0u) | (y << 4 & 0xff0); }
uint32_t and_not(uint32_t x, uint32_t y) { return x & ~y; }
int32_t is_power_of_two(uint32_t x) { return x != 0 && (x & (x - 1)) == 0; }
int32_t sign_extend_byte(int32_t x) { return (int8_t)x; }
uint32_t trailing_zeros(uint32_t x) { return x == 0 ? 32 : (uint32_t)__builtin_ctz(x); }
uint32_t population(uint64_t x) { return (uint32_t)__builtin_popcountll(x); }
