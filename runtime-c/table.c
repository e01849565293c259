// Tables: creation, growth and bulk operations.
//
// Invariants:
// - elements beyond `size` up to `capacity` are unused memory; a table grows geometrically and may move;
// - a table never holds more than TABLE_LIMIT elements, whatever it declares (growing answers -1, as the specification allows);
// - bounds are checked in 64-bit arithmetic that cannot wrap, before anything is written.
#include "memory.h"
#include "os.h"

/// The customary limit of the JavaScript embedding.
#define TABLE_LIMIT 10000000ull

/// Room for the small tables of most programs, which spares them a page of their own. It is not taken back.
#define SMALL_ELEMENTS 96u
static u64 small_elements[SMALL_ELEMENTS];
static u32 small_used;

static u64 *allocate_elements(u64 count) {
  if (count > SMALL_ELEMENTS - small_used) return rt_allocate(count * sizeof(u64));
  u64 *elements = &small_elements[small_used];
  small_used += (u32)count;
  return elements;
}

static void release_elements(rt_table *table) {
  u64 *elements = table->elements;
  bool small = elements >= small_elements && elements < small_elements + SMALL_ELEMENTS;
  if (!small) rt_release(elements, table->capacity * sizeof(u64));
}

static bool set_capacity(rt_table *table, u64 capacity) {
  u64 *elements = allocate_elements(capacity);
  if (elements == 0) return false;
  if (table->size != 0) memcpy(elements, table->elements, table->size * sizeof(u64));
  release_elements(table);
  table->elements = elements;
  table->capacity = capacity;
  return true;
}

const char *rt_table_create(rt_table *table, const rt_table_def *def) {
  *table = (rt_table){.max = def->max, .type = def->type};
  if (def->min > TABLE_LIMIT) return "table of more than 10000000 elements";
  if (def->min != 0 && !set_capacity(table, def->min)) return "out of memory for its table";
  table->size = def->min;
  return 0;
}

void rt_table_destroy(rt_table *table) {
  release_elements(table);
  table->elements = 0;
  table->size = table->capacity = 0;
}

static u64 *checked(rt_instance *self, const rt_table *table, u64 at, u64 n) {
  if (n > table->size || at > table->size - n) rt_trap(self, RT_TRAP_TABLE_OUT_OF_BOUNDS);
  return table->elements + at;
}

static void fill(u64 *to, u64 ref, u64 n) {
  for (u64 i = 0; i < n; i++) to[i] = ref;
}

u64 rt_table_grow(rt_instance *self, u32 index, u64 ref, u64 delta) {
  rt_table *table = self->tables[index];
  u64 old = table->size;
  u64 limit = table->max < TABLE_LIMIT ? table->max : TABLE_LIMIT;
  if (limit < old || delta > limit - old) return UINT64_MAX;
  u64 size = old + delta;
  if (size > table->capacity) {
    u64 capacity = size + size / 2;
    if (!set_capacity(table, capacity < limit ? capacity : limit)) return UINT64_MAX;
  }
  fill(table->elements + old, ref, delta);
  table->size = size;
  return old;
}

void rt_table_fill(rt_instance *self, u32 index, u64 at, u64 ref, u64 n) {
  fill(checked(self, self->tables[index], at, n), ref, n);
}

void rt_table_copy(rt_instance *self, u32 dst_table, u32 src_table, u64 dst, u64 src, u64 n) {
  u64 *to = checked(self, self->tables[dst_table], dst, n);
  const u64 *from = checked(self, self->tables[src_table], src, n);
  if (n != 0) memmove(to, from, n * sizeof(u64));
}

/// The reference an item of an element segment stands for; see rt_element_segment.
static u64 item_value(const rt_instance *self, i32 item) {
  const rt_module *module = self->module;
  const u8 *bytes = (const u8 *)self;
  if (item == -1) return 0;
  if (item < 0) {
    u32 offset = module->global_offsets[-2 - item];
    if (offset & 1) return **(const u64 *const *)(const void *)(bytes + offset - 1);
    return *(const u64 *)(const void *)(bytes + offset);
  }
  if (item & RT_ITEM_IMPORT)
    return ((const u64 *)(const void *)(bytes + module->function_slots_offset))[item & ~RT_ITEM_IMPORT];
  const rt_func *functions = module->flags & RT_MODULE_POINTER
                                 ? (const rt_func *)(const void *)(bytes + module->functions_offset)
                                 : module->functions;
  return (u64)&functions[item];
}

void rt_table_init(rt_instance *self, u32 index, u32 segment, u64 dst, u32 src, u32 n) {
  const rt_module *module = self->module;
  bool dropped = ((u8 *)self)[module->dropped_element_offset + segment] != 0;
  u64 length = dropped ? 0 : module->elements[segment].length;
  if ((u64)src + n > length) rt_trap(self, RT_TRAP_TABLE_OUT_OF_BOUNDS);
  u64 *to = checked(self, self->tables[index], dst, n);
  for (u32 i = 0; i < n; i++) to[i] = item_value(self, module->elements[segment].items[src + i]);
}

void rt_elem_drop(rt_instance *self, u32 segment) {
  ((u8 *)self)[self->module->dropped_element_offset + segment] = 1;
}
