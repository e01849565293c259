// Library functions that the compiler recognised inside modules: searching and comparing blocks and strings of linear memory 0.
//
// Every loop is bounded by the end of memory: what lies behind is never read, and coming to it without a decision is the trap that the function in
// the module would have run into.
#include "arch.h"
#include "lanes.h"
#if defined(RT_ARCH_X86_64) && !LANE_ALIGNED
#define WIDE_VECTORS
#include "search-wide.h"
#endif

static u64 memory_size(const rt_instance *self) { return self->memories[0]->size; }

/// Bytes of memory from `at` on.
static u64 room(const rt_instance *self, u64 at) {
  u64 size = memory_size(self);
  return at < size ? size - at : 0;
}

static _Noreturn void out_of_bounds(rt_instance *self) { rt_trap(self, RT_TRAP_MEMORY_OUT_OF_BOUNDS); }

static u64 least(u64 a, u64 b) { return a < b ? a : b; }

u32 rt_block_move(rt_instance *self, u32 to, u32 from, u32 n) {
  memmove(self->memory_base + to, self->memory_base + from, n);
  return to;
}

u32 rt_block_fill(rt_instance *self, u32 to, u32 byte, u32 n) {
  memset(self->memory_base + to, (int)(byte & 0xff), n);
  return to;
}

/// Bytes searched before wider vectors are considered.
#define NEAR 256u

/// Place of the first byte of p[0..n) that is `one` or `other`, or n.
static inline u64 find_near(const u8 *p, u8 one, u8 other, u64 n) {
  u64 i = 0;
  block x = all_of(one), y = all_of(other);
  while (i < n && !can_load(p + i)) {
    if (p[i] == one || p[i] == other) return i;
    i++;
  }
  for (; i + BLOCK <= n; i += BLOCK) {
    block b = load_block(p + i);
    u64 mask = one == other ? equal_lanes(b, x) : equal_lanes(b, x) | equal_lanes(b, y);
    if (mask != 0) return i + first_lane(mask);
  }
  for (; i < n; i++)
    if (p[i] == one || p[i] == other) return i;
  return n;
}

/// The same, most searches being short.
static u64 find_either(const u8 *p, u8 one, u8 other, u64 n) {
#ifdef WIDE_VECTORS
  if (n >= 2 * NEAR) {
    u64 i = find_near(p, one, other, NEAR);
    if (i < NEAR) return i;
    if (rt_arch_wide_vectors(2 * NEAR)) i += skip_until_wide(p + i, one, other, n - i);
    return i + find_near(p + i, one, other, n - i);
  }
#endif
  return find_near(p, one, other, n);
}

/// Place of the first byte of p[0..n) that is `byte`, or n.
static u64 find(const u8 *p, u8 byte, u64 n) {
  u64 i = 0;
#if !LANE_ALIGNED
  block x = all_of(byte);
  for (u64 end = least(n, NEAR); i + BLOCK <= end; i += BLOCK) {
    u64 mask = equal_lanes(load_block(p + i), x);
    if (mask != 0) return i + first_lane(mask);
  }
#ifdef WIDE_VECTORS
  if (i + NEAR <= n && rt_arch_wide_vectors(2 * NEAR)) i += skip_to_wide(p + i, byte, n - i);
#endif
  for (; i + 4 * BLOCK <= n; i += 4 * BLOCK) {
    block a = equal(load_block(p + i), x), b = equal(load_block(p + i + BLOCK), x);
    block c = equal(load_block(p + i + 2 * BLOCK), x), d = equal(load_block(p + i + 3 * BLOCK), x);
    if (lanes_of(either(either(a, b), either(c, d))) != 0) break;
  }
#endif
  return i + find_near(p + i, byte, byte, n - i);
}

/// Place of the first difference of a[0..n) and b[0..n), or n.
static u64 mismatch(const u8 *a, const u8 *b, u64 n) {
  u64 i = 0;
  while (i < n && !can_load(a + i)) {
    if (a[i] != b[i]) return i;
    i++;
  }
#if !LANE_ALIGNED
  for (u64 end = least(n, NEAR); i + BLOCK <= end; i += BLOCK) {
    u64 mask = unequal_lanes(load_block(a + i), load_block(b + i));
    if (mask != 0) return i + first_lane(mask);
  }
#ifdef WIDE_VECTORS
  if (i + NEAR <= n && rt_arch_wide_vectors(n)) i += skip_equal_wide(a + i, b + i, n - i);
#endif
  for (; i + 4 * BLOCK <= n; i += 4 * BLOCK) {
    const u8 *x = a + i, *y = b + i;
    block s = equal(load_block(x), load_block(y)), t = equal(load_block(x + BLOCK), load_block(y + BLOCK));
    block u = equal(load_block(x + 2 * BLOCK), load_block(y + 2 * BLOCK));
    block v = equal(load_block(x + 3 * BLOCK), load_block(y + 3 * BLOCK));
    if (lanes_of(both(both(s, t), both(u, v))) != ALL_LANES) break;
  }
#else
  i += skip_equal_words(a + i, b + i, n - i);
#endif
  for (; i + BLOCK <= n; i += BLOCK) {
    u64 mask = unequal_lanes(load_block(a + i), load_anywhere(b + i));
    if (mask != 0) return i + first_lane(mask);
  }
  while (i < n && a[i] == b[i]) i++;
  return i;
}

/// As mismatch, but a zero byte in both ends the search as well.
static u64 string_mismatch(const u8 *a, const u8 *b, u64 n) {
  u64 i = 0;
  while (i < n && !can_load(a + i)) {
    if (a[i] != b[i] || a[i] == 0) return i;
    i++;
  }
  for (; i + BLOCK <= n; i += BLOCK) {
    block x = load_block(a + i), y = load_anywhere(b + i);
    u64 mask = unequal_lanes(x, y) | equal_lanes(x, all_of(0));
    if (mask != 0) return i + first_lane(mask);
#ifdef WIDE_VECTORS
    u64 next = i + BLOCK;
    if (next == NEAR && rt_arch_wide_vectors(2 * NEAR)) i += skip_strings_wide(a + next, b + next, n - next);
#endif
  }
  while (i < n && a[i] == b[i] && a[i] != 0) i++;
  return i;
}

typedef u64 (*mismatch_function)(const u8 *, const u8 *, u64);

/// Compares with either function above.
static inline i32 compare(rt_instance *self, u32 a, u32 b, u64 n, mismatch_function search) {
  u64 limit = least(n, least(room(self, a), room(self, b)));
  const u8 *x = self->memory_base + a, *y = self->memory_base + b;
  u64 i = search(x, y, limit);
  if (i < limit) return x[i] - y[i];
  if (limit < n) out_of_bounds(self);
  return 0;
}

i32 rt_block_compare(rt_instance *self, u32 a, u32 b, u32 n) { return compare(self, a, b, n, mismatch); }

i32 rt_string_compare(rt_instance *self, u32 a, u32 b, u32 n) {
  return compare(self, a, b, n, string_mismatch);
}

u32 rt_find_byte(rt_instance *self, u32 s, u32 byte, u32 n) {
  u64 limit = least(n, room(self, s));
  u64 i = find(self->memory_base + s, (u8)byte, limit);
  if (i < limit) return s + (u32)i;
  if (limit < n) out_of_bounds(self);
  return 0;
}

u32 rt_string_length(rt_instance *self, u32 s) {
  u64 limit = room(self, s);
  u64 i = find(self->memory_base + s, 0, limit);
  if (i == limit) out_of_bounds(self);
  return (u32)i;
}

u32 rt_find_byte_or_end(rt_instance *self, u32 s, u32 byte) {
  u64 limit = room(self, s);
  u64 i = find_either(self->memory_base + s, (u8)byte, 0, limit);
  if (i == limit) out_of_bounds(self);
  return s + (u32)i;
}

u64 rt_skip_until(rt_instance *self, u64 at, u32 one, u32 other, u64 n) {
  const u8 *p = self->memory_base + at;
  u64 limit = least(n, room(self, at));
  if ((u8)one == (u8)other) return find(p, (u8)one, limit);
  return find_either(p, (u8)one, (u8)other, limit);
}

u64 rt_skip_until_backwards(rt_instance *self, u64 at, u32 byte, u64 n) {
  if (room(self, at) == 0) return 0;
  const u8 *p = self->memory_base + at;
  u64 limit = least(n, at + 1);
  u64 i = 0;
  block x = all_of((u8)byte);
  while (i < limit && !can_load(p - i + 1)) {
    if (*(p - i) == (u8)byte) return i;
    i++;
  }
#ifdef WIDE_VECTORS
  if (limit >= NEAR && rt_arch_wide_vectors(limit)) i += skip_backwards_wide(p + 1, (u8)byte, limit);
#endif
  for (; i + BLOCK <= limit; i += BLOCK) {
    u64 mask = equal_lanes(load_block(p - i - BLOCK + 1), x);
    if (mask == 0) continue;
#if LANE_ALIGNED
    break;
#else
    return i + BLOCK - 1 - last_lane(mask);
#endif
  }
  while (i < limit && *(p - i) != (u8)byte) i++;
  return i;
}

u64 rt_skip_span(rt_instance *self, u64 at, u32 byte, u64 n) {
  const u8 *p = self->memory_base + at;
  u64 limit = least(n, room(self, at));
  u64 i = 0;
  block x = all_of((u8)byte);
  while (i < limit && !can_load(p + i)) {
    if (p[i] != (u8)byte) return i;
    i++;
  }
  for (; i + BLOCK <= limit; i += BLOCK) {
    u64 mask = unequal_lanes(load_block(p + i), x);
    if (mask != 0) return i + first_lane(mask);
  }
  while (i < limit && p[i] == (u8)byte) i++;
  return i;
}

u64 rt_skip_equal(rt_instance *self, u64 a, u64 b, u64 n) {
  u64 limit = least(n, least(room(self, a), room(self, b)));
  return mismatch(self->memory_base + a, self->memory_base + b, limit);
}

u64 rt_skip_equal_strings(rt_instance *self, u64 a, u64 b, u64 n) {
  u64 limit = least(n, least(room(self, a), room(self, b)));
  return string_mismatch(self->memory_base + a, self->memory_base + b, limit);
}
