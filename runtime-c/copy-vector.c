// memcpy, memmove, memset and memcmp for machines with vectors and cheap unaligned access: x86-64 and AArch64.
//
// Up to 128 bytes everything is loaded before anything is stored, so overlap does not matter; the ends are covered by accesses that overlap each other. The
// loops for more are in copy-long.h, on x86-64 also with 32-byte vectors. `rep movsb` has no place: on AMD's Zen it falls to 6 GB/s when
// source and destination lie alike in their pages, a tenth of what the loops do, and nowhere is it much faster.
#include "arch.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC would turn these loops into calls of the functions they implement.
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

typedef u8 vector __attribute__((vector_size(16), aligned(1), may_alias));
typedef u64 word8 __attribute__((aligned(1), may_alias));
typedef u32 word4 __attribute__((aligned(1), may_alias));
typedef u16 word2 __attribute__((aligned(1), may_alias));

#define SHORT 128u

#define lane vector
#define LONG(name) name
#define LONG_ATTRIBUTES
#include "copy-long.h"

#ifdef RT_ARCH_X86_64
typedef u8 vector32 __attribute__((vector_size(32), aligned(1), may_alias));
#define lane vector32
#define LONG(name) name##_avx
#define LONG_ATTRIBUTES __attribute__((target("avx")))
#include "copy-long.h"
#endif

/// Moves n <= 16 bytes.
static inline void move_to_16(u8 *to, const u8 *from, size_t n) {
  if (n >= 8) {
    word8 first = *(const word8 *)from, last = *(const word8 *)(from + n - 8);
    *(word8 *)to = first;
    *(word8 *)(to + n - 8) = last;
  } else if (n >= 4) {
    word4 first = *(const word4 *)from, last = *(const word4 *)(from + n - 4);
    *(word4 *)to = first;
    *(word4 *)(to + n - 4) = last;
  } else if (n >= 2) {
    word2 first = *(const word2 *)from, last = *(const word2 *)(from + n - 2);
    *(word2 *)to = first;
    *(word2 *)(to + n - 2) = last;
  } else if (n == 1) {
    *to = *from;
  }
}

/// Moves 16 < n <= 128 bytes: one, two or four vectors from each end.
static inline void move_to_128(u8 *to, const u8 *from, size_t n) {
  vector *front = (vector *)to, *back = (vector *)(to + n);
  const vector *f = (const vector *)from, *b = (const vector *)(from + n);
  if (n <= 32) {
    vector f0 = f[0], b1 = b[-1];
    front[0] = f0, back[-1] = b1;
  } else if (n <= 64) {
    vector f0 = f[0], f1 = f[1], b1 = b[-1], b2 = b[-2];
    front[0] = f0, front[1] = f1, back[-1] = b1, back[-2] = b2;
  } else {
    vector f0 = f[0], f1 = f[1], f2 = f[2], f3 = f[3];
    vector b1 = b[-1], b2 = b[-2], b3 = b[-3], b4 = b[-4];
    front[0] = f0, front[1] = f1, front[2] = f2, front[3] = f3;
    back[-1] = b1, back[-2] = b2, back[-3] = b3, back[-4] = b4;
  }
}

/// Apart, so that short moves save no registers.
__attribute__((noinline)) static void *move_long(u8 *to, const u8 *from, size_t n) {
  bool forward = (size_t)(to - from) >= n;
#ifdef RT_ARCH_X86_64
  if (rt_arch_wide_vectors(n)) {
    if (forward) move_forward_avx(to, from, n);
    else move_backward_avx(to, from, n);
    return to;
  }
#endif
  if (forward) move_forward(to, from, n);
  else move_backward(to, from, n);
  return to;
}

void *memmove(void *to, const void *from, size_t length) {
  if (length <= 16) move_to_16(to, from, length);
  else if (length <= SHORT) move_to_128(to, from, length);
  else return move_long(to, from, length);
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  return memmove(to, from, length);
}

/// Fills n < 16 bytes.
static inline void fill_to_15(u8 *to, u8 byte, size_t n) {
  u64 pattern = 0x0101010101010101ull * byte;
  if (n >= 8) {
    *(word8 *)to = pattern;
    *(word8 *)(to + n - 8) = pattern;
  } else if (n >= 4) {
    *(word4 *)to = (u32)pattern;
    *(word4 *)(to + n - 4) = (u32)pattern;
  } else {
    for (size_t i = 0; i < n; i++) to[i] = byte;
  }
}

__attribute__((noinline)) static void *fill_long(u8 *to, u8 byte, size_t n) {
#ifdef RT_ARCH_X86_64
  if (rt_arch_wide_vectors(n)) {
    fill_avx(to, byte, n);
    return to;
  }
#endif
  fill(to, byte, n);
  return to;
}

void *memset(void *to, int byte, size_t length) {
  u8 *at = to;
  u8 b = (u8)byte;
  if (length < 16) {
    fill_to_15(at, b, length);
  } else if (length <= SHORT) {
    vector x = (vector){0} + b;
    vector *front = (vector *)at, *back = (vector *)(at + length);
    front[0] = x, back[-1] = x;
    if (length > 32) front[1] = x, back[-2] = x;
    if (length > 64) front[2] = x, front[3] = x, back[-3] = x, back[-4] = x;
  } else {
    return fill_long(at, b, length);
  }
  return to;
}

int memcmp(const void *a, const void *b, size_t length) {
  const u8 *x = a, *y = b;
  size_t i = 0;
  while (i + 8 <= length && *(const word8 *)(x + i) == *(const word8 *)(y + i)) i += 8;
  for (; i < length; i++)
    if (x[i] != y[i]) return x[i] - y[i];
  return 0;
}
