// memcpy, memmove, memset and memcmp for machines where unaligned access is slow or emulated: RISC-V 64. Where the machine has the vector extension,
// long blocks go through it (arch/riscv64/copy.S).
//
// The destination is aligned first. A source of another alignment is read as aligned words, two of which make one word to store; such a read may take
// in bytes outside the source, but never outside a word that holds some of it, so never another page.
#include "arch.h"

#if defined(__GNUC__) && !defined(__clang__)
// GCC would turn these loops into calls of the functions they implement.
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

typedef uint64_t word __attribute__((may_alias));

#define WORD 8u
/// Below this many bytes a plain byte loop is best.
#define SHORT 24u

/// From this many bytes on, the vector extension is used where there is one.
#define VECTOR_LEAST 64u

static inline size_t misalignment(const void *at) { return (uintptr_t)at % WORD; }

/// Copies words forward while at least one fits; both sides aligned.
static size_t words_forward(uint8_t *to, const uint8_t *from, size_t n) {
  word *t = (word *)(void *)to;
  const word *f = (const word *)(const void *)from;
  size_t count = n / WORD;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    word a = f[i], b = f[i + 1], c = f[i + 2], d = f[i + 3];
    word e = f[i + 4], g = f[i + 5], h = f[i + 6], k = f[i + 7];
    t[i] = a, t[i + 1] = b, t[i + 2] = c, t[i + 3] = d;
    t[i + 4] = e, t[i + 5] = g, t[i + 6] = h, t[i + 7] = k;
  }
  for (; i < count; i++) t[i] = f[i];
  return count * WORD;
}

/// As words_forward, from a source that is not aligned: `from` - `skew` is.
static size_t merged_forward(uint8_t *to, const uint8_t *from, size_t n, size_t skew) {
  word *t = (word *)(void *)to;
  const word *f = (const word *)(const void *)(from - skew);
  size_t count = n / WORD;
  unsigned low = (unsigned)skew * 8, high = 64 - low;
  word current = count == 0 ? 0 : f[0];
  for (size_t i = 0; i < count; i++) {
    word next = f[i + 1];
    t[i] = current >> low | next << high;
    current = next;
  }
  return count * WORD;
}

static void move_forward(uint8_t *to, const uint8_t *from, size_t n) {
  size_t i = 0;
#ifdef RT_ARCH_RISCV64
  if (n >= VECTOR_LEAST && rt_arch_vectors) {
    rt_vector_move_forward(to, from, n);
    return;
  }
#endif
  if (n >= SHORT) {
    for (; misalignment(to + i) != 0; i++) to[i] = from[i];
    size_t skew = misalignment(from + i);
    i += skew == 0 ? words_forward(to + i, from + i, n - i) : merged_forward(to + i, from + i, n - i, skew);
  }
  for (; i < n; i++) to[i] = from[i];
}

/// Copies words from the ends down while at least one fits; returns the bytes left. `to` + n is aligned.
static size_t words_backward(uint8_t *to, const uint8_t *from, size_t n) {
  size_t skew = misalignment(from + n);
  const word *f = (const word *)(const void *)(from + n - skew);
  word *t = (word *)(void *)(to + n);
  if (skew == 0) {
    for (; n >= WORD; n -= WORD) *--t = *--f;
    return n;
  }
  unsigned low = (unsigned)skew * 8, high = 64 - low;
  word current = *f;
  for (; n >= WORD; n -= WORD) {
    word before = *--f;
    *--t = before >> low | current << high;
    current = before;
  }
  return n;
}

static void move_backward(uint8_t *to, const uint8_t *from, size_t n) {
#ifdef RT_ARCH_RISCV64
  if (n >= VECTOR_LEAST && rt_arch_vectors) {
    rt_vector_move_backward(to, from, n);
    return;
  }
#endif
  if (n >= SHORT) {
    for (; misalignment(to + n) != 0; n--) to[n - 1] = from[n - 1];
    n = words_backward(to, from, n);
  }
  for (; n != 0; n--) to[n - 1] = from[n - 1];
}

void *memmove(void *to, const void *from, size_t length) {
  if ((size_t)((uint8_t *)to - (const uint8_t *)from) >= length) move_forward(to, from, length);
  else move_backward(to, from, length);
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
  move_forward(to, from, length);
  return to;
}

void *memset(void *to, int byte, size_t length) {
  uint8_t *at = to;
  size_t i = 0;
#ifdef RT_ARCH_RISCV64
  if (length >= VECTOR_LEAST && rt_arch_vectors) {
    rt_vector_fill(at, (uint8_t)byte, length);
    return to;
  }
#endif
  if (length >= SHORT) {
    word pattern = 0x0101010101010101ull * (uint8_t)byte;
    for (; misalignment(at + i) != 0; i++) at[i] = (uint8_t)byte;
    word *t = (word *)(void *)(at + i);
    size_t count = (length - i) / WORD;
    size_t k = 0;
    for (; k + 8 <= count; k += 8) {
      t[k] = t[k + 1] = t[k + 2] = t[k + 3] = pattern;
      t[k + 4] = t[k + 5] = t[k + 6] = t[k + 7] = pattern;
    }
    for (; k < count; k++) t[k] = pattern;
    i += count * WORD;
  }
  for (; i < length; i++) at[i] = (uint8_t)byte;
  return to;
}

int memcmp(const void *a, const void *b, size_t length) {
  const uint8_t *x = a, *y = b;
  size_t i = 0;
  if (misalignment(x) == misalignment(y)) {
    while (i < length && misalignment(x + i) != 0 && x[i] == y[i]) i++;
    if (misalignment(x + i) == 0)
      while (i + WORD <= length && *(const word *)(const void *)(x + i) == *(const word *)(const void *)(y + i)) i += WORD;
  }
  for (; i < length; i++)
    if (x[i] != y[i]) return x[i] - y[i];
  return 0;
}
