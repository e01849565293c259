// Searches of blocks.c by vectors of 16 bytes: x86-64 and AArch64.
//
// A search looks for the first byte of p[0..n) that its test hits. `..._near` looks at the first NEAR bytes, if so many may be read (`readable`, from p on): it answers with a
// place, with n, or with UNDECIDED; n need not lie in memory. The others go on behind NEAR bytes that hit nothing, if so many may be read; they answer with a place or n.
#ifndef WASMAOT_SEARCH_VECTOR_H
#define WASMAOT_SEARCH_VECTOR_H

#include "arch.h"
#include "lanes.h"
#ifdef RT_ARCH_X86_64
#define WIDE_VECTORS
#include "search-wide.h"
#endif

/// Bytes looked at vector by vector before anything else.
#define NEAR (4 * BLOCK)
#define EACH_NEAR(at) _Pragma("GCC unroll 4") for (u64 at = 0; at < NEAR; at += BLOCK)
/// Bytes that a search which comes so far is taken to have.
#define LIKELY 512u

/// What a search looks for: zero in the bytes of key(...).
typedef struct test {
  block one, other;
  bool two;
} test;

static inline block key(block b, test t) { return t.two ? smaller(differing(b, t.one), differing(b, t.other)) : differing(b, t.one); }
static inline u64 hits(const u8 *p, test t) { return equal_lanes(key(load_block(p), t), all_of(0)); }
static inline test test_for(u8 one, u8 other, bool two) { return (test){all_of(one), all_of(other), two}; }

/// Searches on from byte NEAR of p; n is more than that.
static inline u64 search_far(const u8 *p, u64 n, test t) {
  // Aligned vectors lie in one line of the cache each.
  u64 i = NEAR - (uintptr_t)p % BLOCK;
  for (; i + 4 * BLOCK <= n; i += 4 * BLOCK) {
    block a = key(load_block(p + i), t), b = key(load_block(p + i + BLOCK), t);
    block c = key(load_block(p + i + 2 * BLOCK), t), d = key(load_block(p + i + 3 * BLOCK), t);
    if (equal_lanes(smaller(smaller(a, b), smaller(c, d)), all_of(0)) != 0) break;
  }
  for (; i + BLOCK <= n; i += BLOCK) {
    u64 mask = hits(p + i, t);
    if (mask != 0) return i + first_lane(mask);
  }
  if (i == n) return n;
  // The last vector overlaps the one before.
  u64 mask = hits(p + n - BLOCK, t);
  return mask != 0 ? n - BLOCK + first_lane(mask) : n;
}

/// Searches bytes one by one: near the end of memory.
static inline u64 search_bytes(const u8 *p, u64 n, u8 one, u8 other) {
  u64 i = 0;
  while (i < n && p[i] != one && p[i] != other) i++;
  return i;
}

static inline u64 find(const u8 *p, u8 byte, u64 n, u64 readable) {
  if (readable < NEAR) return search_bytes(p, n, byte, byte);
  if (n <= NEAR) return n;
#ifdef WIDE_VECTORS
  if (rt_arch_wide_vectors(least(n, LIKELY))) return search_wide(p, n, byte);
#endif
  return search_far(p, n, test_for(byte, byte, false));
}
static inline u64 find_either(const u8 *p, u8 one, u8 other, u64 n, u64 readable) {
  if (readable < NEAR) return search_bytes(p, n, one, other);
  if (n <= NEAR) return n;
#ifdef WIDE_VECTORS
  if (rt_arch_wide_vectors(least(n, LIKELY))) return search_either_wide(p, n, one, other);
#endif
  return search_far(p, n, test_for(one, other, true));
}

static inline u64 search_near(const u8 *p, u64 n, u64 readable, test t) {
  if (readable < NEAR) return UNDECIDED;
  EACH_NEAR(i) {
    u64 mask = hits(p + i, t);
    if (mask != 0) return least(i + first_lane(mask), n);
    if (i + BLOCK >= n) return n;
  }
  return UNDECIDED;
}
static inline u64 find_near(const u8 *p, u8 byte, u64 n, u64 readable) {
  return search_near(p, n, readable, test_for(byte, byte, false));
}
/// Place of the first byte that is `one` or `other`.
static inline u64 find_either_near(const u8 *p, u8 one, u8 other, u64 n, u64 readable) {
  return search_near(p, n, readable, test_for(one, other, true));
}

/// Zero where the search ends: bytes differ or, if `strings`, are zero.
static inline block alike(const u8 *a, const u8 *b, bool strings) {
  block x = load_block(a), same = equal(x, load_block(b));
  return strings ? smaller(x, same) : same;
}
static inline u64 ends(const u8 *a, const u8 *b, bool strings) {
  block x = alike(a, b, strings);
  return strings ? equal_lanes(x, all_of(0)) : lanes_of(x) ^ ALL_LANES;
}

static inline u64 mismatch_bytes(const u8 *a, const u8 *b, u64 n, bool strings) {
  u64 i = 0;
  while (i < n && a[i] == b[i] && !(strings && a[i] == 0)) i++;
  return i;
}

/// As search_far.
static inline u64 mismatch_on(const u8 *a, const u8 *b, u64 n, bool strings) {
  u64 i = NEAR - (uintptr_t)a % BLOCK;
  for (; i + 4 * BLOCK <= n; i += 4 * BLOCK) {
    block x[4];
    _Pragma("GCC unroll 4") for (u32 k = 0; k < 4; k++) x[k] = alike(a + i + k * BLOCK, b + i + k * BLOCK, strings);
    if (equal_lanes(smaller(smaller(x[0], x[1]), smaller(x[2], x[3])), all_of(0)) != 0) break;
  }
  for (; i + BLOCK <= n; i += BLOCK) {
    u64 mask = ends(a + i, b + i, strings);
    if (mask != 0) return i + first_lane(mask);
  }
  if (i == n) return n;
  u64 mask = ends(a + n - BLOCK, b + n - BLOCK, strings);
  return mask != 0 ? n - BLOCK + first_lane(mask) : n;
}

static inline u64 mismatch(const u8 *a, const u8 *b, u64 n, u64 readable, bool strings) {
  if (readable < NEAR) return mismatch_bytes(a, b, n, strings);
  if (n <= NEAR) return n;
#ifdef WIDE_VECTORS
  if (rt_arch_wide_vectors(strings ? least(n, LIKELY) : n)) return strings ? string_mismatch_wide(a, b, n) : mismatch_wide(a, b, n);
#endif
  return mismatch_on(a, b, n, strings);
}

/// Place of the first difference of a[0..n) and b[0..n); if `strings`, also of a zero byte in both.
static inline u64 mismatch_near(const u8 *a, const u8 *b, u64 n, u64 readable, bool strings) {
  if (readable < NEAR) return UNDECIDED;
  EACH_NEAR(i) {
    u64 mask = ends(a + i, b + i, strings);
    if (mask != 0) return least(i + first_lane(mask), n);
    if (i + BLOCK >= n) return n;
  }
  return UNDECIDED;
}

/// Place of the last byte of p[0..n) that is `byte`, counted from the end: 0 is p[n - 1]; or n.
static u64 find_last(const u8 *p, u8 byte, u64 n) {
  u64 left = n;
  test t = test_for(byte, byte, false);
#ifdef WIDE_VECTORS
  if (rt_arch_wide_vectors(n)) left -= skip_backwards_wide(p + n, byte, n);
#endif
  for (; left >= BLOCK; left -= BLOCK) {
    u64 mask = hits(p + left - BLOCK, t);
    if (mask != 0) return n - left + BLOCK - 1 - last_lane(mask);
  }
  while (left > 0 && p[left - 1] != byte) left--;
  return n - left;
}

/// Place of the first byte of p[0..n) that is not `byte`, or n.
static u64 span(const u8 *p, u8 byte, u64 n) {
  u64 i = 0;
  block x = all_of(byte);
  for (; i + BLOCK <= n; i += BLOCK) {
    u64 mask = unequal_lanes(load_block(p + i), x);
    if (mask != 0) return i + first_lane(mask);
  }
  while (i < n && p[i] == byte) i++;
  return i;
}

#endif
