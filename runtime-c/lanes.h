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
static inline block differing(block a, block b) { return _mm_xor_si128(a, b); }
static inline block smaller(block a, block b) { return _mm_min_epu8(a, b); }
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
static inline block differing(block a, block b) { return veorq_u8(a, b); }
static inline block smaller(block a, block b) { return vminq_u8(a, b); }
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
static inline u64 zero_lanes(block x) { return (x - 0x0101010101010101ull) & ~x & 0x8080808080808080ull; }

/// Reads a block at any address, without bytes of other words than it lies in.
static inline block load_anywhere(const u8 *at) {
  u64 skew = (uintptr_t)at % BLOCK;
  const aliasing_word *words = (const aliasing_word *)(const void *)(at - skew);
  return skew == 0 ? words[0] : words[0] >> 8 * skew | words[1] << (64 - 8 * skew);
}

#endif

#if !LANE_ALIGNED
typedef u64 anywhere8 __attribute__((aligned(1), may_alias));
typedef u32 anywhere4 __attribute__((aligned(1), may_alias));

static inline void copy8(u8 *to, const u8 *from) { *(anywhere8 *)(void *)to = *(const anywhere8 *)(const void *)from; }
static inline void copy4(u8 *to, const u8 *from) { *(anywhere4 *)(void *)to = *(const anywhere4 *)(const void *)from; }

/// Lanes of bytes that are equal, and that are not.
static inline u64 equal_lanes(block a, block b) { return lanes_of(equal(a, b)); }
static inline u64 unequal_lanes(block a, block b) { return equal_lanes(a, b) ^ ALL_LANES; }
/// Number of the last lane in a mask that is not 0.
static inline u64 last_lane(u64 mask) { return (63 - (u64)__builtin_clzll(mask)) / LANE_BITS; }
#endif

/// What a search answers with that has not come to its end.
#define UNDECIDED (~0ull)

static inline u64 least(u64 a, u64 b) { return a < b ? a : b; }

/// Number of the first lane in a mask that is not 0.
static inline u64 first_lane(u64 mask) { return (u64)__builtin_ctzll(mask) / LANE_BITS; }

#endif
