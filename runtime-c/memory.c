// Linear memories: reservation, growth, bulk operations, and the register of reservations that the trap handler consults.
//
// Invariants:
// - a memory's base never moves: its whole address range is reserved at creation without access, and growing only opens more of it;
// - a guarded memory reserves 4 GiB + RT_GUARD_BYTES whatever its limits, because its code checks no 32-bit address;
// - bounds are checked in 64-bit arithmetic that cannot wrap, before anything is written.
#include "memory.h"

#include "os.h"

#define GUARDED_BYTES ((1ull << 32) + RT_GUARD_BYTES)
/// Most that an unbounded 64-bit memory tries to reserve.
#define LARGEST_RESERVATION (1ull << 40)

typedef struct range {
  u64 start;
  u64 length;
} range;

#define FIRST_RANGES 16
/// The first reservations of a process; more of them move to `more_ranges`.
static range first_ranges[FIRST_RANGES];
static range *more_ranges;
static u32 range_count;
static u32 range_capacity;

static u64 committed_bytes;
u64 rt_memory_limit;

u64 rt_page_align(u64 bytes) {
  return (bytes + rt_host_page - 1) & ~(rt_host_page - 1);
}

void *rt_allocate(u64 bytes) {
  i64 result = os_map(0, rt_page_align(bytes), OS_PROT_READ | OS_PROT_WRITE, 0);
  return result < 0 ? 0 : (void *)result;
}

void rt_release(void *block, u64 bytes) {
  if (block != 0) os_unmap(block, rt_page_align(bytes));
}

static range *ranges(void) {
  return more_ranges != 0 ? more_ranges : first_ranges;
}

bool rt_in_reservation(u64 address) {
  const range *list = ranges();
  for (u32 i = 0; i < range_count; i++)
    if (address - list[i].start < list[i].length) return true;
  return false;
}

static bool add_range(u8 *base, u64 length) {
  u32 capacity = more_ranges != 0 ? range_capacity : FIRST_RANGES;
  if (range_count == capacity) {
    range *more = rt_allocate((u64)capacity * 2 * sizeof(range));
    if (more == 0) return false;
    memcpy(more, ranges(), range_count * sizeof(range));
    rt_release(more_ranges, capacity * sizeof(range));
    more_ranges = more;
    range_capacity = capacity * 2;
  }
  ranges()[range_count++] = (range){(u64)base, length};
  return true;
}

static void remove_range(const u8 *base) {
  range *list = ranges();
  for (u32 i = 0; i < range_count; i++) {
    if (list[i].start != (u64)base) continue;
    list[i] = list[--range_count];
    return;
  }
}

static u64 memory_limit(void) {
  return rt_memory_limit == 0 ? UINT64_MAX : rt_memory_limit;
}

/// Most pages the address type and the declared maximum allow.
static u64 page_limit(const rt_memory *memory) {
  u64 limit = memory->flags & RT_MEMORY_64 ? 1ull << 48 : 65536;
  return memory->max_pages < limit ? memory->max_pages : limit;
}

/// Makes the first `size` bytes accessible, and counts the rest against the limit.
static bool open_to(rt_memory *memory, u64 size) {
  u64 more = size - memory->size;
  u64 limit = memory_limit();
  if (more > limit || committed_bytes > limit - more) return false;
  if (more != 0 && os_protect(memory->base + memory->size, more, OS_PROT_READ | OS_PROT_WRITE) < 0) return false;
  committed_bytes += more;
  memory->size = size;
  return true;
}

static i64 reserve(u64 bytes) {
  return os_map(0, bytes, OS_PROT_NONE, OS_MAP_NORESERVE);
}

/// Reserved by rt_memory_reserve_with and not yet taken; 0: none.
static u8 *spare;

u8 *rt_memory_reserve_with(u64 more) {
  u64 own = rt_page_align(GUARDED_BYTES);
  i64 base = reserve(own + more);
  if (base < 0) return 0;
  spare = (u8 *)base;
  return spare + own;
}

/// Reserves as much of `wanted` bytes as the system gives, at least `least`.
static i64 reserve_up_to(u64 wanted, u64 least, u64 *got) {
  for (u64 bytes = wanted; bytes > least; bytes = rt_page_align(bytes / 2)) {
    i64 base = reserve(bytes);
    *got = bytes;
    if (base >= 0) return base;
    if (bytes / 2 <= least) break;
  }
  *got = least;
  return reserve(least);
}

const char *rt_memory_create(rt_memory *memory, const rt_memory_def *def) {
  *memory = (rt_memory){.max_pages = def->max_pages, .flags = def->flags};
  if (def->min_pages > page_limit(memory)) return "memory too large";
  u64 size = def->min_pages * RT_PAGE_SIZE;
  i64 base;
  if (def->flags & RT_MEMORY_EXPLICIT) {
    u64 most = page_limit(memory) < LARGEST_RESERVATION / RT_PAGE_SIZE ? page_limit(memory) * RT_PAGE_SIZE
                                                                       : LARGEST_RESERVATION;
    if (most > memory_limit()) most = memory_limit();
    // A reservation of no bytes is an error of the system; one page stands for it.
    u64 least = rt_page_align(size == 0 ? 1 : size);
    base = reserve_up_to(rt_page_align(most < least ? least : most), least, &memory->reserved);
  } else {
    memory->reserved = rt_page_align(GUARDED_BYTES);
    base = spare != 0 ? (i64)spare : reserve(memory->reserved);
    spare = 0;
  }
  if (base < 0)
    return def->flags & RT_MEMORY_EXPLICIT
               ? "cannot reserve address space for its memory (see ulimit -v)"
               : "cannot reserve 6 GiB of address space for its memory (see ulimit -v; --bounds explicit needs less)";
  memory->base = (u8 *)base;
  if (!add_range(memory->base, memory->reserved)) {
    os_unmap(memory->base, memory->reserved);
    memory->base = 0;
    return "out of memory";
  }
  if (open_to(memory, size)) return 0;
  rt_memory_destroy(memory);
  return "out of memory: its initial memory is over the limit";
}

void rt_memory_destroy(rt_memory *memory) {
  if (memory->base == 0) return;
  remove_range(memory->base);
  os_unmap(memory->base, memory->reserved);
  committed_bytes -= memory->size;
  memory->base = 0;
  memory->size = 0;
}

bool rt_memory_guarded(const rt_memory *memory) {
  return memory->reserved >= GUARDED_BYTES;
}

/// Where [at, at + n) lies in the memory; traps when it is not inside.
static u8 *checked(rt_instance *self, const rt_memory *memory, u64 at, u64 n) {
  if (n > memory->size || at > memory->size - n) rt_trap(self, RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  return memory->base + at;
}

/// Growing a 32-bit memory stops here, unless it was created larger: compiled code relies on the last 64 KiB below 4 GiB being out of
/// bounds (compiler/opt/fold-addresses.ts).
#define MOST_GROWN_PAGES 65535

u64 rt_memory_grow(rt_instance *self, u32 index, u64 delta) {
  rt_memory *memory = self->memories[index];
  u64 pages = memory->size / RT_PAGE_SIZE;
  u64 limit = page_limit(memory);
  if (!(memory->flags & RT_MEMORY_64) && limit > MOST_GROWN_PAGES)
    limit = pages > MOST_GROWN_PAGES ? pages : MOST_GROWN_PAGES;
  if (memory->flags & RT_MEMORY_EXPLICIT && memory->reserved / RT_PAGE_SIZE < limit)
    limit = memory->reserved / RT_PAGE_SIZE;
  if (limit < pages || delta > limit - pages) return UINT64_MAX;
  if (!open_to(memory, (pages + delta) * RT_PAGE_SIZE)) return UINT64_MAX;
  return pages;
}

void rt_memory_copy(rt_instance *self, u32 dst_memory, u32 src_memory, u64 dst, u64 src, u64 n) {
  u8 *to = checked(self, self->memories[dst_memory], dst, n);
  const u8 *from = checked(self, self->memories[src_memory], src, n);
  memmove(to, from, n);
}

void rt_memory_fill(rt_instance *self, u32 memory, u64 dst, u32 byte, u64 n) {
  memset(checked(self, self->memories[memory], dst, n), (int)(byte & 0xff), n);
}

void rt_memory_init(rt_instance *self, u32 memory, u32 segment, u64 dst, u32 src, u32 n) {
  const rt_module *module = self->module;
  bool dropped = ((u8 *)self)[module->dropped_data_offset + segment] != 0;
  u64 length = dropped ? 0 : module->datas[segment].length;
  if ((u64)src + n > length) rt_trap(self, RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  u8 *to = checked(self, self->memories[memory], dst, n);
  if (n != 0) memcpy(to, module->datas[segment].bytes + src, n);
}

void rt_data_drop(rt_instance *self, u32 segment) {
  ((u8 *)self)[self->module->dropped_data_offset + segment] = 1;
}
