// memcpy, memmove, memset and memcmp for machines with 16-byte vectors and cheap unaligned access: x86-64 and AArch64.
//
// Up to 128 bytes everything is loaded before anything is stored, so overlap does not matter; ends are covered by loads that overlap each other. Longer
// moves go 64 bytes at a time, away from the overlap, with the far end loaded beforehand. x86-64 leaves long moves to `rep movsb` where the
// machine has it in a fast form (arch.h).
#include "arch.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC would turn these loops into calls of the functions they implement.
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/// From this many bytes on, x86-64 uses `rep movsb` and `rep stosb` where they are fast.
#define REP_LEAST 2048u

typedef u8 vector __attribute__((vector_size(16), aligned(1), may_alias));
typedef u64 word8 __attribute__((aligned(1), may_alias));
typedef u32 word4 __attribute__((aligned(1), may_alias));
typedef u16 word2 __attribute__((aligned(1), may_alias));

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

typedef struct block {
  vector a, b, c, d;
} block;

static inline block load64(const u8 *from) {
  const vector *v = (const vector *)from;
  return (block){v[0], v[1], v[2], v[3]};
}

static inline void store64(u8 *to, block x) {
  vector *v = (vector *)to;
  v[0] = x.a;
  v[1] = x.b;
  v[2] = x.c;
  v[3] = x.d;
}

/// Moves 16 < n <= 128 bytes.
static inline void move_to_128(u8 *to, const u8 *from, size_t n) {
  if (n > 64) {
    block first = load64(from), last = load64(from + n - 64);
    store64(to, first);
    store64(to + n - 64, last);
    return;
  }
  vector first = *(const vector *)from, last = *(const vector *)(from + n - 16);
  if (n > 32) {
    vector second = *(const vector *)(from + 16), third = *(const vector *)(from + n - 32);
    *(vector *)(to + 16) = second;
    *(vector *)(to + n - 32) = third;
  }
  *(vector *)to = first;
  *(vector *)(to + n - 16) = last;
}

static void move_forward(u8 *to, const u8 *from, size_t n) {
#ifdef RT_ARCH_X86_64
  // A destination just below the source makes rep movsb go byte by byte.
  if (n >= REP_LEAST && (size_t)(from - to) >= 64 && rt_arch_fast_rep()) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
    return;
  }
#endif
  block last = load64(from + n - 64);
  size_t i = 0;
  for (; i < n - 64; i += 64) store64(to + i, load64(from + i));
  store64(to + n - 64, last);
}

static void move_backward(u8 *to, const u8 *from, size_t n) {
  block first = load64(from);
  for (size_t i = n - 64;; i -= 64) {
    store64(to + i, load64(from + i));
    if (i <= 64) break;
  }
  store64(to, first);
}

void *memmove(void *to, const void *from, size_t length) {
  if (length <= 16) move_to_16(to, from, length);
  else if (length <= 128) move_to_128(to, from, length);
  else if ((size_t)((u8 *)to - (const u8 *)from) >= length) move_forward(to, from, length);
  else move_backward(to, from, length);
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  return memmove(to, from, length);
}

void *memset(void *to, int byte, size_t length) {
  u8 *at = to;
  u8 b = (u8)byte;
  if (length < 16) {
    u64 pattern = 0x0101010101010101ull * b;
    if (length >= 8) {
      *(word8 *)at = pattern;
      *(word8 *)(at + length - 8) = pattern;
    } else if (length >= 4) {
      *(word4 *)at = (u32)pattern;
      *(word4 *)(at + length - 4) = (u32)pattern;
    } else {
      for (size_t i = 0; i < length; i++) at[i] = b;
    }
    return to;
  }
#ifdef RT_ARCH_X86_64
  if (length >= REP_LEAST && rt_arch_fast_rep()) {
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(length) : "a"(byte) : "memory");
    return to;
  }
#endif
  vector v = {b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b};
  u8 *end = at + length;
  for (; end - at > 64; at += 64) store64(at, (block){v, v, v, v});
  for (; end - at > 16; at += 16) *(vector *)at = v;
  *(vector *)(end - 16) = v;
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
