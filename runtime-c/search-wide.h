// Searches of blocks.c over long stretches with the 32-byte vectors of AVX2, for machines that have them (rt_arch_wide_vectors).
//
// Each answers with a number of bytes in front that the search may skip; what decides it lies in the next 32 bytes, or fewer than 128 are left. Reads nothing
// at or behind p + n.
#ifndef WASMAOT_SEARCH_WIDE_H
#define WASMAOT_SEARCH_WIDE_H

#include <immintrin.h>

#include "rt.h"

#define WIDE __attribute__((target("avx2")))
#define WIDE_BLOCK 32u
#define EACH_OF_4(k) _Pragma("GCC unroll 4") for (u32 k = 0; k < 4; k++)

WIDE static inline __m256i load_wide(const u8 *at) {
  return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/// Bytes of the four vectors in front of the first one with a bit set, of which there is one.
WIDE static inline u64 first_of_4(const __m256i x[4]) {
  u64 low = (u64)(u32)_mm256_movemask_epi8(x[0]) | (u64)(u32)_mm256_movemask_epi8(x[1]) << 32;
  if (low != 0) return (u64)__builtin_ctzll(low);
  u64 high = (u64)(u32)_mm256_movemask_epi8(x[2]) | (u64)(u32)_mm256_movemask_epi8(x[3]) << 32;
  return 64 + (u64)__builtin_ctzll(high);
}

WIDE static inline bool any_of_4(const __m256i x[4]) {
  __m256i all = _mm256_or_si256(_mm256_or_si256(x[0], x[1]), _mm256_or_si256(x[2], x[3]));
  return _mm256_movemask_epi8(all) != 0;
}

/// To the first byte that is `one` or `other`.
WIDE static u64 skip_until_wide(const u8 *p, u8 one, u8 other, u64 n) {
  __m256i x = _mm256_set1_epi8((char)one), y = _mm256_set1_epi8((char)other), found[4];
  u64 i = 0;
  for (; i + 4 * WIDE_BLOCK <= n; i += 4 * WIDE_BLOCK) {
    EACH_OF_4(k) {
      __m256i b = load_wide(p + i + k * WIDE_BLOCK);
      found[k] = _mm256_or_si256(_mm256_cmpeq_epi8(b, x), _mm256_cmpeq_epi8(b, y));
    }
    if (any_of_4(found)) return i + first_of_4(found);
  }
  return i;
}

/// To the first byte that is `byte`.
WIDE static u64 skip_to_wide(const u8 *p, u8 byte, u64 n) {
  __m256i x = _mm256_set1_epi8((char)byte), found[4];
  u64 i = 0;
  for (; i + 4 * WIDE_BLOCK <= n; i += 4 * WIDE_BLOCK) {
    EACH_OF_4(k) found[k] = _mm256_cmpeq_epi8(load_wide(p + i + k * WIDE_BLOCK), x);
    if (any_of_4(found)) return i + first_of_4(found);
  }
  return i;
}

/// Over bytes that are not `byte` in front of `end`, from there downwards.
WIDE static u64 skip_backwards_wide(const u8 *end, u8 byte, u64 n) {
  __m256i x = _mm256_set1_epi8((char)byte), found[4];
  u64 i = 0;
  for (; i + 4 * WIDE_BLOCK <= n; i += 4 * WIDE_BLOCK) {
    EACH_OF_4(k) found[k] = _mm256_cmpeq_epi8(load_wide(end - i - (k + 1) * WIDE_BLOCK), x);
    if (any_of_4(found)) break;
  }
  return i;
}

/// To the first difference of a and b, or, if `strings`, a zero byte in both.
WIDE static inline u64 skip_equal_either(const u8 *a, const u8 *b, u64 n, bool strings) {
  __m256i differs[4], ones = _mm256_set1_epi8(-1);
  u64 i = 0;
  for (; i + 4 * WIDE_BLOCK <= n; i += 4 * WIDE_BLOCK) {
    EACH_OF_4(k) {
      __m256i x = load_wide(a + i + k * WIDE_BLOCK);
      __m256i same = _mm256_cmpeq_epi8(x, load_wide(b + i + k * WIDE_BLOCK));
      // A byte that is zero in both is the least of itself and of what says that they are equal.
      if (strings) same = _mm256_xor_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(x, same), _mm256_setzero_si256()), ones);
      differs[k] = _mm256_xor_si256(same, ones);
    }
    if (any_of_4(differs)) return i + first_of_4(differs);
  }
  return i;
}
WIDE static u64 skip_equal_wide(const u8 *a, const u8 *b, u64 n) { return skip_equal_either(a, b, n, false); }
WIDE static u64 skip_strings_wide(const u8 *a, const u8 *b, u64 n) { return skip_equal_either(a, b, n, true); }

#endif
