// Searches of blocks.c by aligned words of 8 bytes, for machines where unaligned access is slow or emulated: RISC-V 64. The functions are those of
// search-vector.h, with the same meaning.
//
// A word is read when one of its bytes may be, which is why its other bytes lie in memory too: memories begin and end at pages.
#ifndef WASMAOT_SEARCH_WORDS_H
#define WASMAOT_SEARCH_WORDS_H

#include "lanes.h"

#define ONES 0x0101010101010101ull

/// Place of the first byte of p[0..n) that makes `test`, an expression of the word `w`, zero in its lane; or n. Lanes in front of p are made to differ.
#define SEARCH_WORDS(p, n, test)                                                              \
  if ((n) == 0) return 0;                                                                     \
  u64 skew = (uintptr_t)(p) % BLOCK;                                                          \
  const u8 *at = (p)-skew, *end = (p) + (n);                                                  \
  u64 w = load_block(at), before = ~(~0ull << 8 * skew);                                      \
  u64 mask = test;                                                                            \
  before = 0;                                                                                 \
  while (mask == 0) {                                                                         \
    at += BLOCK;                                                                              \
    if (at >= end) return n;                                                                  \
    w = load_block(at);                                                                       \
    mask = test;                                                                              \
  }                                                                                           \
  return least((u64)(at + first_lane(mask) - (p)), n)

/// There are no short ways here.
#define find_near(p, byte, n, readable) UNDECIDED
#define find_either_near(p, one, other, n, readable) UNDECIDED
#define mismatch_near(a, b, n, readable, strings) UNDECIDED

static inline u64 find(const u8 *p, u8 byte, u64 n, u64 readable) {
  (void)readable;
  u64 x = all_of(byte);
  SEARCH_WORDS(p, n, zero_lanes((w ^ x) | before));
}

static inline u64 find_either(const u8 *p, u8 one, u8 other, u64 n, u64 readable) {
  (void)readable;
  u64 x = all_of(one), y = all_of(other);
  SEARCH_WORDS(p, n, zero_lanes((w ^ x) | before) | zero_lanes((w ^ y) | before));
}

static u64 span(const u8 *p, u8 byte, u64 n) {
  u64 x = all_of(byte);
  SEARCH_WORDS(p, n, (w ^ x) & ~before);
}

/// Bytes in front that a (aligned) and b have in common, as far as whole words tell; fewer than two words are left, or one of the next two differs.
static u64 skip_equal_words(const u8 *a, const u8 *b, u64 n) {
  const aliasing_word *x = (const aliasing_word *)(const void *)a;
  u64 skew = (uintptr_t)b % BLOCK, i = 0, count = n / BLOCK;
  const aliasing_word *y = (const aliasing_word *)(const void *)(b - skew);
  if (skew == 0) {
    for (; i + 4 <= count; i += 4)
      if (((x[i] ^ y[i]) | (x[i + 1] ^ y[i + 1]) | (x[i + 2] ^ y[i + 2]) | (x[i + 3] ^ y[i + 3])) != 0) break;
    return i * BLOCK;
  }
  // Each word of b is made of the word that is there already and the next one.
  u64 down = 8 * skew, up = 64 - down, have = count == 0 ? 0 : y[0];
  for (; i + 2 <= count; i += 2) {
    u64 middle = y[i + 1], next = y[i + 2];
    if (((x[i] ^ (have >> down | middle << up)) | (x[i + 1] ^ (middle >> down | next << up))) != 0) break;
    have = next;
  }
  return i * BLOCK;
}

/// Not zero in the lanes where a comparison ends.
static inline u64 ends(u64 x, u64 y, bool strings) { return strings ? (x ^ y) | zero_lanes(x) : x ^ y; }

static inline u64 mismatch(const u8 *a, const u8 *b, u64 n, u64 readable, bool strings) {
  (void)readable;
  u64 i = 0;
  if (n < BLOCK) {
    while (i < n && a[i] == b[i] && !(strings && a[i] == 0)) i++;
    return i;
  }
  u64 mask = ends(load_anywhere(a), load_anywhere(b), strings);
  if (mask != 0) return first_lane(mask);
  i = BLOCK - (uintptr_t)a % BLOCK;
  if (!strings) i += skip_equal_words(a + i, b + i, n - i);
  for (; i + BLOCK <= n; i += BLOCK) {
    mask = ends(load_block(a + i), load_anywhere(b + i), strings);
    if (mask != 0) return i + first_lane(mask);
  }
  if (i == n) return n;
  // The last word overlaps the one before.
  mask = ends(load_anywhere(a + n - BLOCK), load_anywhere(b + n - BLOCK), strings);
  return mask != 0 ? n - BLOCK + first_lane(mask) : n;
}

/// See search-vector.h.
static u64 find_last(const u8 *p, u8 byte, u64 n) {
  u64 left = n, x = all_of(byte);
  while (left > 0 && (uintptr_t)(p + left) % BLOCK != 0 && p[left - 1] != byte) left--;
  if ((uintptr_t)(p + left) % BLOCK == 0)
    while (left >= BLOCK && zero_lanes(load_block(p + left - BLOCK) ^ x) == 0) left -= BLOCK;
  while (left > 0 && p[left - 1] != byte) left--;
  return n - left;
}

#endif
