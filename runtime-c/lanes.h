// Looking at a block of bytes at once: vectors on x86-64 and AArch64, words elsewhere.
//
// A lane mask has LANE_BITS bits for each byte of a block, the first byte lowest; where only the first set lane matters, lanes behind it may be wrong.
// Blocks are read at any address where LANE_ALIGNED is 0, else at multiples of their size only.
#ifndef WASMAOT_LANES_H
#define WASMAOT_LANES_H

#include "os.h"
#include "rt.h"

// RT_WORD_LANES asks for words everywhere: tests do.
#if defined(RT_ARCH_X86_64) && !defined(RT_WORD_LANES)
#include <emmintrin.h>

#define LANE_BITS 1u
#define LANE_ALIGNED 0
#define BLOCK 16u
typedef __m128i block;

static inline block load_block(const u8 *at) { return _mm_loadu_si128((const __m128i *)(const void *)at); }
static inline block all_of(u8 byte) { return _mm_set1_epi8((char)byte); }
static inline block equal(block a, block b) { return _mm_cmpeq_epi8(a, b); }
static inline block either(block a, block b) { return _mm_or_si128(a, b); }
static inline block both(block a, block b) { return _mm_and_si128(a, b); }
static inline u64 lanes_of(block b) { return (u64)(u32)_mm_movemask_epi8(b); }
#define ALL_LANES 0xffffull

#elif defined(RT_ARCH_AARCH64) && !defined(RT_WORD_LANES)
#include <arm_neon.h>

#define LANE_BITS 4u
#define LANE_ALIGNED 0
#define BLOCK 16u
typedef uint8x16_t block;

static inline block load_block(const u8 *at) { return vld1q_u8(at); }
static inline block all_of(u8 byte) { return vdupq_n_u8(byte); }
static inline block equal(block a, block b) { return vceqq_u8(a, b); }
static inline block either(block a, block b) { return vorrq_u8(a, b); }
static inline block both(block a, block b) { return vandq_u8(a, b); }
static inline u64 lanes_of(block b) {
  uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(b), 4);
  return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}
#define ALL_LANES (~0ull)

#else

#define LANE_BITS 8u
#define LANE_ALIGNED 1
#define BLOCK 8u
typedef u64 block;
typedef u64 aliasing_word __attribute__((may_alias));

static inline block load_block(const u8 *at) { return *(const aliasing_word *)(const void *)at; }
static inline block all_of(u8 byte) { return 0x0101010101010101ull * byte; }
/// The lowest set bit belongs to the first zero byte (Warren, Hacker's Delight, 6-1).
static inline u64 equal_lanes(block a, block b) {
  u64 x = a ^ b;
  return (x - 0x0101010101010101ull) & ~x & 0x8080808080808080ull;
}
static inline u64 unequal_lanes(block a, block b) { return a ^ b; }

#endif

#if !LANE_ALIGNED
/// Lanes of bytes that are equal, and that are not.
static inline u64 equal_lanes(block a, block b) { return lanes_of(equal(a, b)); }
static inline u64 unequal_lanes(block a, block b) { return equal_lanes(a, b) ^ ALL_LANES; }
/// Number of the last lane in a mask that is not 0.
static inline u64 last_lane(u64 mask) { return (63 - (u64)__builtin_clzll(mask)) / LANE_BITS; }
#else
/// Bytes in front that a (aligned) and b have in common, as far as whole words tell; fewer than a word are left, or the next one differs.
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
#endif

/// Reads a block at any address, without bytes of other words than it lies in.
static inline block load_anywhere(const u8 *at) {
#if LANE_ALIGNED
  u64 skew = (uintptr_t)at % BLOCK;
  const aliasing_word *words = (const aliasing_word *)(const void *)(at - skew);
  return skew == 0 ? words[0] : words[0] >> 8 * skew | words[1] << (64 - 8 * skew);
#else
  return load_block(at);
#endif
}

/// Number of the first lane in a mask that is not 0.
static inline u64 first_lane(u64 mask) { return (u64)__builtin_ctzll(mask) / LANE_BITS; }

/// A block may be read at p.
static inline bool can_load(const u8 *p) { return !LANE_ALIGNED || (uintptr_t)p % BLOCK == 0; }

#endif
