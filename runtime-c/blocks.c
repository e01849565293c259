// Library functions that the compiler recognised inside modules: searching and comparing blocks and strings of linear memory 0.
//
// Every loop is bounded by the end of memory: what lies behind is never read, and coming to it without a decision is the trap that the function in
// the module would have run into.
#include "lanes.h"
#if LANE_ALIGNED
#include "search-words.h"
#else
#include "search-vector.h"
#endif

/// Bytes of memory from `at` on.
static inline u64 room(const rt_instance *self, u64 at) {
  u64 size = self->memories[0]->size;
  return at < size ? size - at : 0;
}

__attribute__((noinline)) static _Noreturn void out_of_bounds(rt_instance *self) {
  rt_trap(self, RT_TRAP_MEMORY_OUT_OF_BOUNDS);
}

u32 rt_block_move(rt_instance *self, u32 to, u32 from, u32 n) {
  memmove(self->memory_base + to, self->memory_base + from, n);
  return to;
}

u32 rt_block_fill(rt_instance *self, u32 to, u32 byte, u32 n) {
  memset(self->memory_base + to, (int)(byte & 0xff), n);
  return to;
}

/// What the short ways below leave; apart, so that those save no registers.
#define FAR __attribute__((noinline)) static

static inline i32 compare(rt_instance *self, u32 a, u32 b, u64 n, bool strings) {
  u64 readable = room(self, a > b ? a : b), limit = least(n, readable);
  const u8 *x = self->memory_base + a, *y = self->memory_base + b;
  u64 i = mismatch(x, y, limit, readable, strings);
  if (i < limit) return x[i] - y[i];
  if (limit < n) out_of_bounds(self);
  return 0;
}
FAR i32 block_compare(rt_instance *self, u32 a, u32 b, u32 n) { return compare(self, a, b, n, false); }
FAR i32 string_compare(rt_instance *self, u32 a, u32 b, u32 n) { return compare(self, a, b, n, true); }

i32 rt_block_compare(rt_instance *self, u32 a, u32 b, u32 n) {
  const u8 *x = self->memory_base + a, *y = self->memory_base + b;
  u64 i = mismatch_near(x, y, n, room(self, a > b ? a : b), false);
  if (i < n) return x[i] - y[i];
  return i == n ? 0 : block_compare(self, a, b, n);
}

i32 rt_string_compare(rt_instance *self, u32 a, u32 b, u32 n) {
  const u8 *x = self->memory_base + a, *y = self->memory_base + b;
  u64 i = mismatch_near(x, y, n, room(self, a > b ? a : b), true);
  if (i < n) return x[i] - y[i];
  return i == n ? 0 : string_compare(self, a, b, n);
}

FAR u32 find_byte(rt_instance *self, u32 s, u32 byte, u32 n) {
  u64 readable = room(self, s), limit = least(n, readable);
  u64 i = find(self->memory_base + s, (u8)byte, limit, readable);
  if (i < limit) return s + (u32)i;
  if (limit < n) out_of_bounds(self);
  return 0;
}

u32 rt_find_byte(rt_instance *self, u32 s, u32 byte, u32 n) {
  u64 i = find_near(self->memory_base + s, (u8)byte, n, room(self, s));
  if (i < n) return s + (u32)i;
  return i == n ? 0 : find_byte(self, s, byte, n);
}

FAR u32 string_length(rt_instance *self, u32 s) {
  u64 limit = room(self, s);
  u64 i = find(self->memory_base + s, 0, limit, limit);
  if (i == limit) out_of_bounds(self);
  return (u32)i;
}

u32 rt_string_length(rt_instance *self, u32 s) {
  u64 limit = room(self, s);
  u64 i = find_near(self->memory_base + s, 0, limit, limit);
  return i < limit ? (u32)i : string_length(self, s);
}

FAR u32 find_byte_or_end(rt_instance *self, u32 s, u32 byte) {
  u64 limit = room(self, s);
  u64 i = find_either(self->memory_base + s, (u8)byte, 0, limit, limit);
  if (i == limit) out_of_bounds(self);
  return s + (u32)i;
}

u32 rt_find_byte_or_end(rt_instance *self, u32 s, u32 byte) {
  u64 limit = room(self, s);
  u64 i = find_either_near(self->memory_base + s, (u8)byte, 0, limit, limit);
  return i < limit ? s + (u32)i : find_byte_or_end(self, s, byte);
}

/// Place of the first byte of p[0..n), in memory with `readable` bytes from p on, that is either; or n.
static inline u64 find_any(const u8 *p, u8 one, u8 other, u64 n, u64 readable) {
  if (one == other) {
    u64 i = find_near(p, one, n, readable);
    return i <= n ? i : find(p, one, n, readable);
  }
  u64 i = find_either_near(p, one, other, n, readable);
  return i <= n ? i : find_either(p, one, other, n, readable);
}

static inline u64 skip_equal(rt_instance *self, u64 a, u64 b, u64 n, bool strings) {
  u64 readable = room(self, a > b ? a : b), limit = least(n, readable);
  const u8 *x = self->memory_base + a, *y = self->memory_base + b;
  u64 i = mismatch_near(x, y, limit, readable, strings);
  return i <= limit ? i : mismatch(x, y, limit, readable, strings);
}

FAR i64 string_copy(rt_instance *self, u32 to, u32 from) {
  u64 readable = room(self, from), limit = least(readable, room(self, to));
  const u8 *source = self->memory_base + from;
  u64 i = find_any(source, 0, 0, limit, readable);
  if (i == limit || to - from <= i || from - to <= i) return -1;
  memmove(self->memory_base + to, source, i + 1);
  return (i64)i;
}

i64 rt_string_copy(rt_instance *self, u32 to, u32 from) {
#if !LANE_ALIGNED
  // Strings shorter than two words, which is most, are moved by two accesses that may overlap.
  u8 *target = self->memory_base + to;
  const u8 *source = self->memory_base + from;
  u32 distance = to > from ? to - from : from - to;
  if (distance >= BLOCK && room(self, to > from ? to : from) >= BLOCK) {
    block b = load_block(source);
    u64 mask = equal_lanes(b, all_of(0));
    if (mask != 0) {
      u64 i = first_lane(mask);
      if (i >= 7) {
        copy8(target, source);
        copy8(target + i - 7, source + i - 7);
      } else if (i >= 3) {
        copy4(target, source);
        copy4(target + i - 3, source + i - 3);
      } else {
        target[0] = source[0];
        if (i == 2) target[1] = source[1];
        target[i] = 0;
      }
      return (i64)i;
    }
  }
#endif
  return string_copy(self, to, from);
}

u64 rt_skip_until(rt_instance *self, u64 at, u32 one, u32 other, u64 n) {
  u64 readable = room(self, at);
  return find_any(self->memory_base + at, (u8)one, (u8)other, least(n, readable), readable);
}

u64 rt_skip_until_backwards(rt_instance *self, u64 at, u32 byte, u64 n) {
  if (room(self, at) == 0) return 0;
  u64 limit = least(n, at + 1);
  return find_last(self->memory_base + at + 1 - limit, (u8)byte, limit);
}

u64 rt_skip_span(rt_instance *self, u64 at, u32 byte, u64 n) {
  return span(self->memory_base + at, (u8)byte, least(n, room(self, at)));
}

u64 rt_skip_equal(rt_instance *self, u64 a, u64 b, u64 n) { return skip_equal(self, a, b, n, false); }
u64 rt_skip_equal_strings(rt_instance *self, u64 a, u64 b, u64 n) { return skip_equal(self, a, b, n, true); }
