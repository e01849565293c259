// Searches of search-vector.h over long stretches with the 32-byte vectors of AVX2, for machines that have them (rt_arch_wide_vectors).
//
// They go on from byte NEAR of their blocks; n is at least WIDE_LEAST (arch/x86-64/features.c). Nothing at or behind p + n is read: the last vectors overlap
// those before.
#ifndef WASMAOT_SEARCH_WIDE_H
#define WASMAOT_SEARCH_WIDE_H

#include <immintrin.h>

#include "rt.h"

#define WIDE __attribute__((target("avx2")))
#define WIDE_BLOCK 32u
#define WIDE_STEP (4 * WIDE_BLOCK)
/// Bytes that the caller has looked at.
#define WIDE_START 64u
#define EACH_OF_4(k) _Pragma("GCC unroll 4") for (u32 k = 0; k < 4; k++)

WIDE static inline __m256i load_wide(const u8 *at) {
  return _mm256_loadu_si256((const __m256i *)(const void *)at);
}

/// Bytes of the four vectors in front of the first zero one, of which there is one.
WIDE static inline u64 first_zero_of_4(const __m256i x[4]) {
  __m256i zero = _mm256_setzero_si256();
  u64 mask[4];
  EACH_OF_4(k) mask[k] = (u64)(u32)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x[k], zero));
  u64 low = mask[0] | mask[1] << 32, high = mask[2] | mask[3] << 32;
  return low != 0 ? (u64)__builtin_ctzll(low) : 64 + (u64)__builtin_ctzll(high);
}

WIDE static inline bool any_zero_of_4(const __m256i x[4]) {
  __m256i all = _mm256_min_epu8(_mm256_min_epu8(x[0], x[1]), _mm256_min_epu8(x[2], x[3]));
  return _mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256())) != 0;
}

/// The steps of a search over p[0..n): KEYS sets x[0..4) to vectors of the bytes from `i` on that are zero where the search ends.
#define SEARCH_STEPS(p, n, KEYS)                            \
  __m256i x[4];                                             \
  u64 i = WIDE_START - (uintptr_t)(p) % WIDE_BLOCK;         \
  for (; i + WIDE_STEP <= (n); i += WIDE_STEP) {            \
    KEYS;                                                   \
    if (any_zero_of_4(x)) return i + first_zero_of_4(x);    \
  }                                                         \
  if (i == (n)) return n;                                   \
  i = (n) - WIDE_STEP;                                      \
  KEYS;                                                     \
  return any_zero_of_4(x) ? i + first_zero_of_4(x) : (n)

WIDE static u64 search_zero_wide(const u8 *p, u64 n) {
  SEARCH_STEPS(p, n, EACH_OF_4(k) x[k] = load_wide(p + i + k * WIDE_BLOCK));
}

/// Place of the first byte that is `byte`, or n.
WIDE static u64 search_wide(const u8 *p, u64 n, u8 byte) {
  if (byte == 0) return search_zero_wide(p, n);
  __m256i one = _mm256_set1_epi8((char)byte);
  SEARCH_STEPS(p, n, EACH_OF_4(k) x[k] = _mm256_xor_si256(load_wide(p + i + k * WIDE_BLOCK), one));
}

/// Place of the first byte that is `byte` or `other`, or n.
WIDE static u64 search_either_wide(const u8 *p, u64 n, u8 byte, u8 end) {
  __m256i one = _mm256_set1_epi8((char)byte), other = _mm256_set1_epi8((char)end);
  SEARCH_STEPS(p, n, EACH_OF_4(k) {
    __m256i b = load_wide(p + i + k * WIDE_BLOCK);
    x[k] = _mm256_min_epu8(_mm256_xor_si256(b, one), _mm256_xor_si256(b, other));
  });
}

/// Place of the first difference of a and b, or n.
WIDE static u64 mismatch_wide(const u8 *a, const u8 *b, u64 n) {
  SEARCH_STEPS(a, n, EACH_OF_4(k) {
    u64 at = i + k * WIDE_BLOCK;
    x[k] = _mm256_cmpeq_epi8(load_wide(a + at), load_wide(b + at));
  });
}

/// The same, or of a zero byte in both.
WIDE static u64 string_mismatch_wide(const u8 *a, const u8 *b, u64 n) {
  SEARCH_STEPS(a, n, EACH_OF_4(k) {
    u64 at = i + k * WIDE_BLOCK;
    __m256i y = load_wide(a + at);
    x[k] = _mm256_and_si256(y, _mm256_cmpeq_epi8(y, load_wide(b + at)));
  });
}

/// Bytes in front of `end`, from there downwards, that are not `byte`: as many as whole steps have shown.
WIDE static u64 skip_backwards_wide(const u8 *end, u8 byte, u64 n) {
  __m256i one = _mm256_set1_epi8((char)byte), x[4];
  u64 i = 0;
  for (; i + WIDE_STEP <= n; i += WIDE_STEP) {
    EACH_OF_4(k) x[k] = _mm256_xor_si256(load_wide(end - i - (k + 1) * WIDE_BLOCK), one);
    if (any_zero_of_4(x)) break;
  }
  return i;
}

#endif
