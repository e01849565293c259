// Unit tests of the runtime's C on the host's C library, under AddressSanitizer and UndefinedBehaviorSanitizer (test/runtime/hosted.test.ts). No wasm runs
// here: rt_enter is a function of this file, and a trap comes back through longjmp. Modules are in pointer mode, several instances of each.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "memory.h"
#include "os.h"
#include "rt.h"
#include "trap.h"

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition)) {                                                        \
      fprintf(stderr, "hosted.c:%d: failed: %s\n", __LINE__, #condition);      \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

// ---- What assembly and the compiler give otherwise ----

static jmp_buf trap_target;
static u32 trap_code;

_Noreturn void rt_trap(rt_instance *instance, u32 code) {
  (void)instance;
  trap_code = code;
  longjmp(trap_target, 1);
}

/// Trap code of an expression; 0: none.
#define TRAP_OF(expression) (trap_code = 0, setjmp(trap_target) == 0 ? (void)(expression) : (void)0, trap_code)

typedef struct entered {
  rt_instance *instance;
  void *adapter;
  void *code;
  const u64 *args;
  u64 *results;
} entered;
static entered last_entered;

u32 rt_enter(rt_instance *instance, void *adapter, void *code, const u64 *args, u64 *results) {
  last_entered = (entered){instance, adapter, code, args, results};
  return rt_active_context == instance->context ? 0 : RT_TRAP_UNREACHABLE;
}

RT_THREAD_LOCAL rt_context *rt_active_context;
u64 rt_host_page = 4096;
#ifdef __x86_64__
bool rt_arch_fsgsbase = false;
#endif

static u8 codes[8];
static const rt_adapter adapters[] = {{2, 0, &codes[2]}, {3, 0, &codes[3]}, {9, 0, &codes[4]}};
const rt_program wasmaot_program = {.adapters = adapters, .adapter_count = 3};

// ---- Two modules in pointer mode ----

typedef struct library_instance {
  rt_instance header;
  rt_memory *memories[2];
  rt_memory memory[2];
  rt_table *tables[1];
  rt_table table;
  u64 global;
  rt_func functions[2];
  u8 dropped[16];
} library_instance;
#define AT(type, field) ((u32)offsetof(type, field))

static const rt_func library_functions[] = {{&codes[0], 0, 2, 0}, {&codes[1], 0, 3, 1}};
static const rt_memory_def library_memories[] = {
    {0, 3, RT_MEMORY_EXPLICIT, AT(library_instance, memory[0])},
    {1, UINT64_MAX, RT_MEMORY_64 | RT_MEMORY_EXPLICIT, AT(library_instance, memory[1])},
};
static const rt_table_def library_tables[] = {{0, UINT64_MAX, 0x70, AT(library_instance, table)}};
static const rt_export library_exports[] = {
    {"f", RT_EXTERN_FUNC, 0, 2, 0, 0, 0},   {"g", RT_EXTERN_FUNC, 1, 3, 0, 0, 1},
    {"m", RT_EXTERN_MEMORY, 0, 0, 0, 0, 0}, {"m64", RT_EXTERN_MEMORY, 1, RT_MEMORY_64, 1, 0, 0},
    {"t", RT_EXTERN_TABLE, 0, 0x70, 0, 0, 0}, {"v", RT_EXTERN_GLOBAL, 0, 0x17e, AT(library_instance, global), 0, 0},
};
static const rt_module library = {
    .abi_version = RT_ABI_VERSION,
    .flags = RT_MODULE_POINTER | RT_MODULE_EXPLICIT,
    .name = "library",
    .instance_size = sizeof(library_instance),
    .functions = library_functions,
    .functions_offset = AT(library_instance, functions),
    .function_count = 2,
    .memory_defs = library_memories,
    .memory_def_count = 2,
    .memory_count = 2,
    .memories_offset = AT(library_instance, memories),
    .table_defs = library_tables,
    .table_def_count = 1,
    .table_count = 1,
    .tables_offset = AT(library_instance, tables),
    .exports = library_exports,
    .export_count = 6,
};

/// Imports g, m, t and v, and exports g and v again.
typedef struct user_instance {
  rt_instance header;
  rt_memory *memories[1];
  rt_table *tables[1];
  rt_func *imported[1];
  u64 *imported_global;
  u64 global;
  rt_func functions[1];
  u8 dropped[8];
} user_instance;

static const rt_func user_functions[] = {{&codes[5], 0, 2, 1}};
static const rt_import user_imports[] = {
    {"library", "g", RT_EXTERN_FUNC, AT(user_instance, imported), 3, 0, 0, 0},
    {"library", "m", RT_EXTERN_MEMORY, AT(user_instance, memories), 0, 0, 0, 5},
    {"library", "t", RT_EXTERN_TABLE, AT(user_instance, tables), 0x70, 0, 0, UINT64_MAX},
    {"library", "v", RT_EXTERN_GLOBAL, AT(user_instance, imported_global), 0x17e, 0, 0, 0},
};
static const rt_export user_exports[] = {
    {"g", RT_EXTERN_FUNC, 0, 3, 0, RT_EXPORT_INDIRECT, AT(user_instance, imported)},
    {"v", RT_EXTERN_GLOBAL, 0, 0x17e, AT(user_instance, imported_global), RT_EXPORT_INDIRECT, 0},
};
static const i32 user_items[] = {0, -1, RT_ITEM_IMPORT, -2, -3};
static const rt_element_segment user_elements[] = {{user_items, 5}};
static const u8 user_bytes[] = {1, 2, 3};
static const rt_data_segment user_datas[] = {{user_bytes, 3}, {0, 0}};
static const u32 user_globals[] = {AT(user_instance, imported_global) + 1, AT(user_instance, global)};
static const rt_module user = {
    .abi_version = RT_ABI_VERSION,
    .flags = RT_MODULE_POINTER | RT_MODULE_EXPLICIT,
    .name = "user",
    .instance_size = sizeof(user_instance),
    .functions = user_functions,
    .functions_offset = AT(user_instance, functions),
    .function_count = 1,
    .memory_count = 1,
    .memories_offset = AT(user_instance, memories),
    .table_count = 1,
    .tables_offset = AT(user_instance, tables),
    .imports = user_imports,
    .import_count = 4,
    .exports = user_exports,
    .export_count = 2,
    .datas = user_datas,
    .data_count = 2,
    .elements = user_elements,
    .element_count = 1,
    .dropped_data_offset = AT(user_instance, dropped[0]),
    .dropped_element_offset = AT(user_instance, dropped[2]),
    .function_slots_offset = AT(user_instance, imported),
    .global_offsets = user_globals,
    .global_count = 2,
    .init = &codes[6],
    .imported_function_count = 1,
};

static rt_context context;

static rt_instance *instantiate(const rt_module *module, const rt_names *names) {
  rt_instance *instance = rt_instance_new(module);
  const rt_import *failed;
  CHECK(instance != 0);
  CHECK(rt_instantiate(module, instance, &context, rt_resolve_by_name, (void *)(uintptr_t)names, &failed) == 0);
  CHECK(failed == 0);
  return instance;
}

static const rt_names no_names = {0, 0};

// ---- Tests ----

static void test_two_instances(void) {
  rt_instance *a = instantiate(&library, &no_names);
  rt_instance *b = instantiate(&library, &no_names);
  const rt_func *f = rt_export_value(a, rt_find_export(&library, "f"));
  const rt_func *other = rt_export_value(b, rt_find_export(&library, "f"));
  CHECK(f != other && f->instance == a && other->instance == b && f->code == &codes[0]);
  CHECK(rt_find_export(&library, "h") == 0);
  u64 slots[2] = {0, 0};
  CHECK(rt_call(&context, f, slots, slots) == 0);
  CHECK(last_entered.instance == a && last_entered.adapter == &codes[2] && last_entered.code == &codes[0]);
  const rt_func without_adapter = {&codes[0], a, 4, 0};
  CHECK(rt_call(&context, &without_adapter, slots, slots) == RT_TRAP_INDIRECT_CALL_MISMATCH);
  CHECK(rt_initialize(a) == 0);
  rt_instance_free(a);
  rt_instance_free(b);
}

static void test_linking(void) {
  rt_instance *a = instantiate(&library, &no_names);
  const rt_named_instance list[] = {{"library", a}};
  const rt_names names = {list, 1};
  rt_instance *b = instantiate(&user, &names);
  user_instance *u = (user_instance *)(void *)b;
  library_instance *l = (library_instance *)(void *)a;
  CHECK(u->imported[0] == &l->functions[1] && u->memories[0] == &l->memory[0] && u->tables[0] == &l->table);
  CHECK(u->imported_global == &l->global && b->memory_base == l->memory[0].base);
  CHECK(rt_export_value(b, rt_find_export(&user, "g")) == &l->functions[1]);
  CHECK(rt_export_value(b, rt_find_export(&user, "v")) == &l->global);
  CHECK(rt_initialize(b) == 0 && last_entered.adapter == &codes[6] && last_entered.instance == b);

  // Growing through the importer is seen by the owner.
  CHECK(rt_table_grow(b, 0, 0, 6) == 0 && l->table.size == 6);
  CHECK(rt_memory_grow(b, 0, 3) == 0 && l->memory[0].size == 3 * RT_PAGE_SIZE);
  CHECK(rt_memory_grow(b, 0, 1) == UINT64_MAX);
  l->memory[0].base[3 * RT_PAGE_SIZE - 1] = 7;

  l->global = 500;
  u->global = 600;
  CHECK(TRAP_OF(rt_table_init(b, 0, 0, 1, 0, 5)) == 0);
  const u64 expected[] = {0, (u64)&u->functions[0], 0, (u64)&l->functions[1], 500, 600};
  CHECK(memcmp(l->table.elements, expected, sizeof expected) == 0);
  CHECK(TRAP_OF(rt_table_init(b, 0, 0, 2, 0, 5)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_table_init(b, 0, 0, UINT64_MAX, 0, 5)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_table_init(b, 0, 0, 0, UINT32_MAX, 2)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_init(b, 0, 0, 3 * RT_PAGE_SIZE - 3, 0, 3)) == 0);
  CHECK(l->memory[0].base[3 * RT_PAGE_SIZE - 1] == 3);
  CHECK(TRAP_OF(rt_memory_init(b, 0, 0, 3 * RT_PAGE_SIZE - 2, 0, 3)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_init(b, 0, 0, 0, UINT32_MAX, UINT32_MAX)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_init(b, 0, 1, 0, 0, 0)) == 0);
  rt_instance_free(b);
  rt_instance_free(a);
}

/// The reason when `user` with another import 1 is instantiated next to `library`.
static const char *failure_with(rt_import import, u32 flags) {
  rt_import imports[4];
  memcpy(imports, user_imports, sizeof imports);
  imports[1] = import;
  rt_module module = user;
  module.imports = imports;
  module.flags = flags;
  rt_instance *a = instantiate(&library, &no_names);
  const rt_named_instance list[] = {{"library", a}};
  const rt_names names = {list, 1};
  rt_instance *b = rt_instance_new(&module);
  const rt_import *failed = 0;
  const char *error = rt_instantiate(&module, b, &context, rt_resolve_by_name, (void *)(uintptr_t)&names, &failed);
  CHECK(error == 0 ? failed == 0 : failed == &imports[1]);
  rt_instance_free(b);
  rt_instance_free(a);
  return error == 0 ? "" : error;
}
#define FAILS(expected, flags, ...) CHECK(strcmp(failure_with((rt_import){__VA_ARGS__}, flags), expected) == 0)

static void test_import_failures(void) {
  const u32 slot = AT(user_instance, memories), flags = user.flags;
  FAILS("", flags, "library", "m", RT_EXTERN_MEMORY, slot, 0, 0, 0, 3);
  FAILS("incompatible import type", flags, "library", "m", RT_EXTERN_MEMORY, slot, 0, 0, 0, 2);
  FAILS("incompatible import type", flags, "library", "m", RT_EXTERN_MEMORY, slot, 0, 0, 1, 5);
  FAILS("incompatible import type", flags, "library", "m64", RT_EXTERN_MEMORY, slot, 0, 0, 0, UINT64_MAX);
  FAILS("", flags, "library", "m64", RT_EXTERN_MEMORY, slot, RT_MEMORY_64, 0, 1, UINT64_MAX);
  FAILS("incompatible import type", flags, "library", "m64", RT_EXTERN_MEMORY, slot, RT_MEMORY_64, 0, 1, 1u << 20);
  FAILS("incompatible import type", flags, "library", "t", RT_EXTERN_MEMORY, slot, 0, 0, 0, 5);
  FAILS("unknown import", flags, "library", "n", RT_EXTERN_MEMORY, slot, 0, 0, 0, 5);
  FAILS("unknown import", flags, "librar", "m", RT_EXTERN_MEMORY, slot, 0, 0, 0, 5);
  // Code that checks no addresses must not get a memory without guard: that would be an escape.
  FAILS("memory without guard pages imported by code that needs them", RT_MODULE_POINTER, "library", "m",
        RT_EXTERN_MEMORY, slot, 0, 0, 0, 5);
}

static void test_memory_limits(void) {
  rt_memory memory;
  rt_memory_def def = {65536, 65536, 0, 0};
  CHECK(rt_memory_create(&memory, &def) == 0 && memory.size == 1ull << 32 && rt_memory_guarded(&memory));
  CHECK(rt_in_reservation((u64)memory.base) && rt_in_reservation((u64)memory.base + (1ull << 32) + RT_GUARD_BYTES - 1));
  CHECK(!rt_in_reservation((u64)memory.base - 1) && !rt_in_reservation((u64)memory.base + memory.reserved));
  u64 base = (u64)memory.base;
  rt_memory_destroy(&memory);
  CHECK(!rt_in_reservation(base));
  def = (rt_memory_def){65537, UINT64_MAX, 0, 0};
  CHECK(rt_memory_create(&memory, &def) != 0);
  def = (rt_memory_def){UINT64_MAX, UINT64_MAX, RT_MEMORY_64 | RT_MEMORY_EXPLICIT, 0};
  CHECK(rt_memory_create(&memory, &def) != 0);
  def = (rt_memory_def){0, 0, RT_MEMORY_EXPLICIT, 0};
  CHECK(rt_memory_create(&memory, &def) == 0 && memory.size == 0 && memory.base != 0);
  rt_memory_destroy(&memory);
  rt_memory_limit = 10 * RT_PAGE_SIZE;
  def = (rt_memory_def){11, UINT64_MAX, 0, 0};
  CHECK(rt_memory_create(&memory, &def) != 0);
  def.min_pages = 10;
  CHECK(rt_memory_create(&memory, &def) == 0);
  rt_memory second;
  def.min_pages = 1;
  CHECK(rt_memory_create(&second, &def) != 0);
  rt_memory_destroy(&memory);
  CHECK(rt_memory_create(&second, &def) == 0);
  rt_memory_destroy(&second);
  rt_memory_limit = 0;
}

static void test_large_64_bit_memory(void) {
  rt_instance *a = instantiate(&library, &no_names);
  rt_memory *memory = a->memories[1];
  CHECK(memory->size == RT_PAGE_SIZE && memory->reserved > 1ull << 32);
  CHECK(rt_memory_grow(a, 1, UINT64_MAX) == UINT64_MAX);
  CHECK(rt_memory_grow(a, 1, memory->reserved / RT_PAGE_SIZE) == UINT64_MAX);
  CHECK(rt_memory_grow(a, 1, 65536) == 1 && memory->size == (1ull << 32) + RT_PAGE_SIZE);
  memory->base[1ull << 32] = 9;
  CHECK(TRAP_OF(rt_memory_copy(a, 1, 1, 0, 1ull << 32, RT_PAGE_SIZE)) == 0 && memory->base[0] == 9);
  CHECK(TRAP_OF(rt_memory_copy(a, 1, 1, 0, (1ull << 32) + 1, RT_PAGE_SIZE)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_fill(a, 1, UINT64_MAX, 0, 1)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_copy(a, 1, 1, UINT64_MAX, 0, 2)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_copy(a, 1, 1, 0, UINT64_MAX, 2)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_memory_copy(a, 0, 1, 0, 0, 1)) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  rt_instance_free(a);
}

static void test_many_reservations(void) {
  enum { COUNT = 100 };
  static rt_memory memories[COUNT];
  const rt_memory_def def = {1, 2, RT_MEMORY_EXPLICIT, 0};
  for (u32 i = 0; i < COUNT; i++) CHECK(rt_memory_create(&memories[i], &def) == 0);
  for (u32 i = 0; i < COUNT; i += 2) rt_memory_destroy(&memories[i]);
  for (u32 i = 1; i < COUNT; i += 2) CHECK(rt_in_reservation((u64)memories[i].base + 2 * RT_PAGE_SIZE - 1));
  for (u32 i = 1; i < COUNT; i += 2) rt_memory_destroy(&memories[i]);
}

static void test_tables(void) {
  rt_instance *a = instantiate(&library, &no_names);
  const rt_table *table = a->tables[0];
  u64 size = 0;
  for (u64 step = 1; step < 3000; step += step / 2 + 1, size = table->size) {
    CHECK(rt_table_grow(a, 0, step, step) == size);
    CHECK(table->size == size + step && table->elements[size] == step && table->elements[size + step - 1] == step);
  }
  CHECK(table->elements[0] == 1);
  CHECK(rt_table_grow(a, 0, 0, 10000000 - size) == size);
  CHECK(rt_table_grow(a, 0, 0, 1) == UINT64_MAX);
  CHECK(TRAP_OF(rt_table_fill(a, 0, 10000000, 0, 0)) == 0);
  CHECK(TRAP_OF(rt_table_fill(a, 0, 10000001, 0, 0)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_table_fill(a, 0, 1, 0, UINT64_MAX)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(TRAP_OF(rt_table_copy(a, 0, 0, 9999999, 0, 1)) == 0 && table->elements[9999999] == 1);
  CHECK(TRAP_OF(rt_table_copy(a, 0, 0, 0, 1, 10000000)) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  rt_instance_free(a);
}

static bool wide_vectors;
void *rt_test_memmove(void *to, const void *from, size_t length);
void *rt_test_memcpy(void *restrict to, const void *restrict from, size_t length);
void *rt_test_memset(void *to, int byte, size_t length);
int rt_test_memcmp(const void *a, const void *b, size_t length);
bool rt_arch_wide_vectors(u64 length) { return wide_vectors && length >= 129; }

/// Blocks of exactly the size, so that a byte outside is seen.
static void test_copies(void) {
  for (size_t n = 0; n < 600; n += n < 200 ? 1 : 61) {
    u8 *from = malloc(n == 0 ? 1 : n), *to = malloc(n == 0 ? 1 : n);
    for (size_t i = 0; i < n; i++) from[i] = (u8)(i * 3 + 1);
    rt_test_memcpy(to, from, n);
    CHECK(memcmp(to, from, n) == 0 && rt_test_memcmp(to, from, n) == 0);
    if (n > 2) {
      rt_test_memmove(from + 1, from, n - 1);
      CHECK(memcmp(from + 1, to, n - 1) == 0);
      rt_test_memmove(from, from + 1, n - 1);
      CHECK(memcmp(from, to, n - 1) == 0);
      to[n - 1] ^= 0x80;
      CHECK((rt_test_memcmp(from, to, n) > 0) == (memcmp(from, to, n) > 0));
    }
    rt_test_memset(to, 0x1ff, n);
    for (size_t i = 0; i < n; i++) CHECK(to[i] == 0xff);
    free(from);
    free(to);
  }
}

static u64 naive_mismatch(const u8 *a, const u8 *b, u64 n, bool strings) {
  u64 i = 0;
  while (i < n && a[i] == b[i] && !(strings && a[i] == 0)) i++;
  return i;
}

/// One search of each kind over a[0..n) and b[0..n) of a memory that ends with b, where what decides is at `at`, or nowhere when it is n.
static void check_searches(rt_instance *self, u8 *a, u8 *b, u64 n, u64 at) {
  u8 *base = self->memory_base;
  u32 from = (u32)(a - base), other = (u32)(b - base), place = (u32)at;
  for (u64 i = 0; i < n; i++) a[i] = b[i] = (u8)(2 * i + 1) | 1;
  CHECK(rt_skip_equal(self, from, other, n) == n && rt_skip_equal_strings(self, from, other, n) == n);
  CHECK(rt_find_byte(self, from, 4, (u32)n) == 0 && rt_skip_until(self, from, 4, 8, n) == n);
  if (at == n) return;
  a[at] = 4;
  CHECK(rt_skip_equal(self, from, other, n) == at && rt_skip_equal_strings(self, from, other, n) == at);
  CHECK((rt_block_compare(self, from, other, (u32)n) < 0) == (a[at] < b[at]));
  CHECK((rt_string_compare(self, other, from, (u32)n) < 0) == (a[at] > b[at]));
  CHECK(rt_find_byte(self, from, 4, (u32)n) == from + place && rt_skip_until(self, from, 8, 4, n) == at);
  CHECK(rt_skip_until_backwards(self, from + n - 1, 4, n) == n - 1 - at);
  b[at] = 0;
  CHECK(rt_string_length(self, other) == place && rt_find_byte_or_end(self, other, 4) == other + place);
  a[at] = 0;
  CHECK(rt_skip_equal_strings(self, from, other, n) == naive_mismatch(a, b, n, true));
  CHECK(rt_skip_equal(self, from, other, n) == naive_mismatch(a, b, n, false));
  for (u64 i = 0; i < n; i++) a[i] = 4;
  a[at] = 5;
  CHECK(rt_skip_span(self, from, 4, n) == at);
}

static void test_searches(void) {
  for (u64 n = 1; n < 1500; n += n < 40 ? 1 : 131) {
    u64 skew = n % 13;
    u8 *bytes = malloc(skew + 2 * n);
    rt_memory memory = {.base = bytes, .size = skew + 2 * n};
    rt_memory *memories[] = {&memory};
    rt_instance *self = calloc(1, sizeof *self);
    self->memory_base = bytes;
    self->memories = memories;
    for (u64 at = 0; at <= n; at += at < 4 || at + 4 > n ? 1 : 29)
      check_searches(self, bytes + skew, bytes + skew + n, n, at);
    free(self);
    free(bytes);
  }
}

int main(void) {
  test_two_instances();
  test_linking();
  test_import_failures();
  test_memory_limits();
  test_large_64_bit_memory();
  test_many_reservations();
  test_tables();
  for (int i = 0; i < 2; i++) {
    wide_vectors = i != 0;
    test_copies();
    test_searches();
  }
  return 0;
}
