// Tests of the freestanding runtime with hand-written functions in the place of compiled ones; test/runtime/core.test.ts builds it for each
// target and runs it. The first argument selects a case that ends the process; without one, everything else is checked.
#include "arch.h"
#include "os.h"
#include "print.h"
#include "program.h"

const rt_program wasmaot_program = {TEST_PROGRAM_CODE};

static rt_context *context;
u32 (*test_host)(rt_instance *self, u32 a, u32 b);

static void check_at(bool ok, const char *what, u32 line_number) {
  if (ok) return;
  rt_line line = {.length = 0};
  rt_line_text(&line, "core.c:");
  rt_line_number(&line, line_number);
  rt_line_text(&line, ": failed: ");
  rt_line_text(&line, what);
  rt_line_write(&line);
  os_exit(1);
}
#define CHECK(condition) check_at(condition, #condition, __LINE__)

/// Trap code of a call; the result in *result.
static u32 call(u32 function, u32 a, u32 b, u32 *result) {
  u64 args[4] = {a, 0, b, 0};
  u64 results[2] = {0, 0};
  u32 code = rt_call(context, &test_module.functions[function], args, results);
  if (result != 0) *result = (u32)results[0];
  return code;
}

static u32 trap_of(u32 function, u32 a, u32 b) { return call(function, a, b, 0); }

static u32 host_add(rt_instance *self, u32 a, u32 b) {
  (void)self;
  return a + b;
}

static u32 host_trap(rt_instance *self, u32 a, u32 b) {
  (void)b;
  rt_trap(self, a);
}

static u32 host_exit(rt_instance *self, u32 a, u32 b) {
  (void)b;
  self->context->exit_status = a;
  rt_unwind(self->context, RT_TRAP_EXIT);
}

/// Calls wasm again: a trap inside ends only the inner call.
static u32 host_nested(rt_instance *self, u32 a, u32 b) {
  (void)self;
  u32 value = 0;
  CHECK(trap_of(TRAP, 1, 0) == RT_TRAP_UNREACHABLE);
  CHECK(trap_of(RECURSE, 0, 0) == RT_TRAP_STACK_EXHAUSTED);
  CHECK(call(LOAD, a, 0, &value) == 0);
  return value + b;
}

static u32 host_calls;
static u32 host_count(rt_instance *self, u32 a, u32 b) {
  u8 room[RT_HOST_STACK - 4096];
  *(volatile u8 *)&room[0] = 1;
  (void)self;
  host_calls++;
  return a + b;
}

/// Everything of the runtime that compiled code calls with more arguments runs through here, as a host function: traps unwind to `operate`.
static void (*operation)(rt_instance *self);
static u32 host_operate(rt_instance *self, u32 a, u32 b) {
  (void)a;
  (void)b;
  operation(self);
  return 0;
}
static u32 operate(void (*what)(rt_instance *self)) {
  operation = what;
  test_host = host_operate;
  return trap_of(CALL_HOST, 0, 0);
}

static void check_traps(u32 times) {
  for (u32 i = 0; i < times; i++) {
    CHECK(trap_of(TRAP, 1, 0) == RT_TRAP_UNREACHABLE);
    CHECK(trap_of(TRAP, 0, 0) == RT_TRAP_INTEGER_OVERFLOW);
    CHECK(trap_of(NULL_READ, 0, 0) == RT_TRAP_UNINITIALIZED_ELEMENT);
    CHECK(trap_of(RECURSE, 0, 0) == RT_TRAP_STACK_EXHAUSTED);
    CHECK(trap_of(CLOBBER, 0, 0) == RT_TRAP_UNREACHABLE);
    CHECK(trap_of(LOAD, 65536, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(trap_of(LOAD, 0xffffffff, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(trap_of(LOAD_FAR, 0xffffffff, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(trap_of(LOAD, 65536 - 3, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
    CHECK(trap_of(LOAD, 65536 - 4, 0) == 0);
    test_host = host_trap;
    CHECK(trap_of(CALL_HOST, RT_TRAP_OUT_OF_MEMORY, 0) == RT_TRAP_OUT_OF_MEMORY);
    CHECK(context->jump_sp == 0);
  }
}

static void check_straddling_store(void) {
  u32 value = 0;
  CHECK(trap_of(STORE, 65536 - 4, 0x11223344) == 0);
  for (u32 at = 65536 - 3; at < 65536; at++) CHECK(trap_of(STORE, at, 0xffffffff) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(call(LOAD, 65536 - 4, 0, &value) == 0 && value == 0x11223344);
}

static void check_host_calls(void) {
  u32 value = 0;
  test_host = host_add;
  CHECK(call(CALL_HOST, 3, 4, &value) == 0 && value == 7);
  test_host = host_exit;
  CHECK(trap_of(CALL_HOST, 42, 0) == RT_TRAP_EXIT && context->exit_status == 42);
  CHECK(trap_of(STORE, 8, 1000) == 0);
  test_host = host_nested;
  CHECK(call(CALL_HOST, 8, 1, &value) == 0 && value == 1001);
  // A host function finds RT_HOST_STACK bytes whenever it is called, and the end of the stack is a trap, not a fault in C.
  test_host = host_count;
  for (u32 i = 0; i < 1000; i++) {
    host_calls = 0;
    CHECK(trap_of(RECURSE_HOST, 0, 0) == RT_TRAP_STACK_EXHAUSTED);
    CHECK(host_calls > 100);
  }
}

static test_instance_block second_instance;

/// Trap code of a load from the second instance's memory, the value in *value.
static u32 load_second(u32 address, u32 *value) {
  const rt_func load = {test_module.functions[LOAD].code, &second_instance.header, 1, 1};
  u64 args[4] = {address, 0, 0, 0};
  u64 results[2] = {0, 0};
  u32 code = rt_call(context, &load, args, results);
  *value = (u32)results[0];
  return code;
}

/// Runs code of another instance inside a call from wasm, to its end and into a trap.
static u32 host_second(rt_instance *self, u32 a, u32 b) {
  (void)self;
  u32 value = 0;
  CHECK(load_second(a, &value) == 0 && value == b);
  CHECK(load_second(65536, &value) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  return 0;
}

/// The pinned registers belong to the instance whose code runs, also after a call from inside into another one.
static void check_two_instances(void) {
  rt_module second = test_module;
  second.instance = &second_instance.header;
  CHECK(rt_instance_new(&second) == &second_instance.header);
  CHECK(rt_instantiate(&second, &second_instance.header, context, 0, 0, 0) == 0);
  u32 value = 0;
  CHECK(call(PINNED, 0, 0, &value) == 0 && value == (u32)(u64)&test_instance);
  CHECK(call(PINNED, 1, 0, &value) == 0 && value == (u32)(u64)test_instance.memory.base);
  second_instance.memory.base[64] = 77;
  test_instance.memory.base[64] = 66;
  test_host = host_second;
  CHECK(call(HOST_LOAD, 64, 77, &value) == 0 && value == 66);
  rt_instance_free(&second_instance.header);
}

static void grow_zero(rt_instance *self) { CHECK(rt_memory_grow(self, 0, 0) == 1); }
static void grow_too_far(rt_instance *self) {
  CHECK(rt_memory_grow(self, 0, 65536) == UINT64_MAX);
  CHECK(rt_memory_grow(self, 0, UINT64_MAX) == UINT64_MAX);
  CHECK(self->memories[0]->size == 65536);
}
static void grow_one(rt_instance *self) { CHECK(rt_memory_grow(self, 0, 1) == 1); }
static void grow_limited(rt_instance *self) {
  rt_memory_limit = 3 * 65536;
  CHECK(rt_memory_grow(self, 0, 2) == UINT64_MAX);
  CHECK(rt_memory_grow(self, 0, 1) == 2);
  rt_memory_limit = 0;
}
static void grow_to_end(rt_instance *self) {
  CHECK(rt_memory_grow(self, 0, 65536 - 3) == UINT64_MAX);
  CHECK(rt_memory_grow(self, 0, 65535 - 3) == 3);
  CHECK(self->memories[0]->size == (1ull << 32) - 65536);
  CHECK(rt_memory_grow(self, 0, 1) == UINT64_MAX);
}

static void check_memory_growth(void) {
  CHECK(operate(grow_zero) == 0);
  CHECK(operate(grow_too_far) == 0);
  CHECK(operate(grow_one) == 0);
  CHECK(trap_of(LOAD, 2 * 65536 - 4, 0) == 0);
  CHECK(trap_of(LOAD, 2 * 65536, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(operate(grow_limited) == 0);
  CHECK(operate(grow_to_end) == 0);
  CHECK(trap_of(LOAD, 0xfffefffc, 0) == 0);
  CHECK(trap_of(LOAD, 0xfffefffd, 0) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
}

static void init_all(rt_instance *self) { rt_memory_init(self, 0, 0, 100, 0, 11); }
static void init_past_segment(rt_instance *self) { rt_memory_init(self, 0, 0, 0, 5, 7); }
static void init_wrapping(rt_instance *self) { rt_memory_init(self, 0, 0, UINT64_MAX, 0, 2); }
static void drop_data(rt_instance *self) { rt_data_drop(self, 0); }
static void init_nothing(rt_instance *self) { rt_memory_init(self, 0, 0, 65536, 0, 0); }
static void copy_overlap(rt_instance *self) { rt_memory_copy(self, 0, 0, 102, 100, 9); }
static void copy_past_end(rt_instance *self) { rt_memory_copy(self, 0, 0, 65530, 100, 7); }
static void fill_some(rt_instance *self) { rt_memory_fill(self, 0, 65530, 0x1aa, 6); }
static void fill_past_end(rt_instance *self) { rt_memory_fill(self, 0, 65535, 0, 2); }
static void fill_far(rt_instance *self) { rt_memory_fill(self, 0, UINT64_MAX - 1, 0, UINT64_MAX); }

static void check_bulk_memory(void) {
  const u8 *base = test_instance.memory.base;
  CHECK(operate(init_all) == 0);
  CHECK(memcmp(base + 100, "hello, wasm", 12) == 0);
  CHECK(operate(init_past_segment) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(operate(init_wrapping) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(operate(drop_data) == 0);
  CHECK(operate(init_all) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(operate(init_nothing) == 0);
  CHECK(operate(copy_overlap) == 0);
  CHECK(memcmp(base + 100, "hehello, wa", 12) == 0);
  CHECK(operate(copy_past_end) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(base[65530] == 0);
  CHECK(operate(fill_some) == 0);
  CHECK(base[65529] == 0 && base[65530] == 0xaa && base[65535] == 0xaa);
  CHECK(operate(fill_past_end) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
  CHECK(base[65535] == 0xaa);
  CHECK(operate(fill_far) == RT_TRAP_MEMORY_OUT_OF_BOUNDS);
}

static void table_init_all(rt_instance *self) { rt_table_init(self, 0, 0, 0, 0, 4); }
static void table_init_past_end(rt_instance *self) { rt_table_init(self, 0, 0, 1, 0, 4); }
static void table_grow(rt_instance *self) {
  CHECK(rt_table_grow(self, 0, 99, 37) == UINT64_MAX);
  CHECK(rt_table_grow(self, 0, 99, UINT64_MAX) == UINT64_MAX);
  CHECK(rt_table_grow(self, 0, 99, 36) == 4);
  CHECK(rt_table_grow(self, 0, 99, 0) == 40);
}
static void table_copy(rt_instance *self) { rt_table_copy(self, 0, 0, 1, 0, 4); }
static void table_copy_past_end(rt_instance *self) { rt_table_copy(self, 0, 0, 38, 0, 3); }
static void table_fill(rt_instance *self) { rt_table_fill(self, 0, 39, 7, 1); }
static void table_fill_past_end(rt_instance *self) { rt_table_fill(self, 0, 39, 8, 2); }
static void element_drop(rt_instance *self) { rt_elem_drop(self, 0); }

static void check_tables(void) {
  const rt_table *table = &test_instance.table;
  test_instance.global = 1234;
  CHECK(operate(table_init_past_end) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(table->elements[1] == 0);
  CHECK(operate(table_init_all) == 0);
  CHECK(table->elements[0] == (u64)&test_module.functions[LOAD] && table->elements[1] == 0);
  CHECK(table->elements[2] == 1234 && table->elements[3] == (u64)&test_module.functions[STORE]);
  CHECK(operate(table_grow) == 0);
  CHECK(table->size == 40 && table->elements[2] == 1234 && table->elements[39] == 99);
  CHECK(operate(table_copy) == 0);
  CHECK(table->elements[1] == (u64)&test_module.functions[LOAD] && table->elements[3] == 1234);
  CHECK(operate(table_copy_past_end) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
  CHECK(operate(table_fill) == 0 && table->elements[39] == 7);
  CHECK(operate(table_fill_past_end) == RT_TRAP_TABLE_OUT_OF_BOUNDS && table->elements[39] == 7);
  CHECK(operate(element_drop) == 0);
  CHECK(operate(table_init_all) == RT_TRAP_TABLE_OUT_OF_BOUNDS);
}

/// "" when the import is met, else the error.
static const char *resolve(const char *module, const char *name, u32 kind, u32 type, u64 min, u64 max) {
  const rt_named_instance list[] = {{"test", &test_instance.header}};
  rt_names names = {list, 1};
  const rt_import import = {module, name, kind, 0, type, 0, min, max};
  const char *error = "";
  return rt_resolve_by_name(&names, &import, &error) != 0 ? "" : error;
}
#define RESOLVES(expected, ...) CHECK(strcmp(resolve(__VA_ARGS__), expected) == 0)

static void check_imports(void) {
  RESOLVES("", "test", "load", RT_EXTERN_FUNC, 1, 0, 0);
  RESOLVES("incompatible import type", "test", "load", RT_EXTERN_FUNC, 2, 0, 0);
  RESOLVES("incompatible import type", "test", "load", RT_EXTERN_GLOBAL, 1, 0, 0);
  RESOLVES("unknown import", "test", "lode", RT_EXTERN_FUNC, 1, 0, 0);
  RESOLVES("unknown import", "rest", "load", RT_EXTERN_FUNC, 1, 0, 0);
  RESOLVES("", "test", "memory", RT_EXTERN_MEMORY, 0, 1, UINT64_MAX);
  RESOLVES("incompatible import type", "test", "memory", RT_EXTERN_MEMORY, 0, 2, UINT64_MAX);
  RESOLVES("incompatible import type", "test", "memory", RT_EXTERN_MEMORY, 0, 1, 65536);
  RESOLVES("incompatible import type", "test", "memory", RT_EXTERN_MEMORY, RT_MEMORY_64, 1, UINT64_MAX);
  RESOLVES("", "test", "table", RT_EXTERN_TABLE, 0x70, 4, 40);
  RESOLVES("incompatible import type", "test", "table", RT_EXTERN_TABLE, 0x70, 4, 39);
  RESOLVES("incompatible import type", "test", "table", RT_EXTERN_TABLE, 0x6f, 4, 40);
  RESOLVES("", "test", "global", RT_EXTERN_GLOBAL, 0x70, 0, 0);
  RESOLVES("incompatible import type", "test", "global", RT_EXTERN_GLOBAL, 0x170, 0, 0);
}

static void check_clock(void) {
  u64 first = 0, second = 0;
  CHECK(os_clock(OS_CLOCK_MONOTONIC, &first) == 0 && first != 0);
  CHECK(os_clock(OS_CLOCK_MONOTONIC, &second) == 0 && second >= first);
  CHECK(os_clock(OS_CLOCK_REALTIME, &first) == 0 && first > 1600000000000000000ull);
  CHECK(os_clock(99, &first) == -OS_EINVAL);
}

static u8 copy_space[1200], copy_model[1200];

static void refill(u32 seed) {
  for (u32 i = 0; i < sizeof copy_space; i++) copy_space[i] = copy_model[i] = (u8)(seed + i * 7 + (i >> 3));
}

static bool same_space(void) {
  for (u32 i = 0; i < sizeof copy_space; i++)
    if (copy_space[i] != copy_model[i]) return false;
  return true;
}

static void model_move(u32 to, u32 from, u32 n) {
  static u8 between[1200];
  for (u32 i = 0; i < n; i++) *(volatile u8 *)&between[i] = copy_model[from + i];
  for (u32 i = 0; i < n; i++) *(volatile u8 *)&copy_model[to + i] = between[i];
}

/// Every length up to 300 and some beyond, at all alignments of both sides, overlapping both ways.
static void check_copies(void) {
  for (u32 n = 0; n < 560; n += n < 150 ? 1 : 37) {
    for (u32 to = 0; to < 9; to++) {
      for (u32 from = 0; from < 9; from++) {
        refill(n);
        memmove(copy_space + 100 + to, copy_space + 100 + from, n);
        model_move(100 + to, 100 + from, n);
        CHECK(same_space());
        memcpy(copy_space + to, copy_space + 600 + from, n);
        model_move(to, 600 + from, n);
        CHECK(same_space());
        CHECK(memcmp(copy_space + to, copy_space + 600 + from, n) == 0);
      }
      memset(copy_space + to, (int)(n + 0x100), n);
      for (u32 i = 0; i < n; i++) *(volatile u8 *)&copy_model[to + i] = (u8)n;
      CHECK(same_space());
      if (n != 0) {
        copy_space[600] = 1, copy_space[to] = 2;
        CHECK(memcmp(copy_space + to, copy_space + 600, n) > 0 && memcmp(copy_space + 600, copy_space + to, n) < 0);
      }
    }
  }
}

/// Moves long enough for every path, checked word by word against their own index.
static void check_long_copies(void) {
  const u64 size = 1 << 20;
  u8 *block = (u8 *)os_map(0, 2 * size, OS_PROT_READ | OS_PROT_WRITE, 0);
  const u32 shifts[] = {1, 8, 63, 64, 4096, 70001};
  for (u32 k = 0; k < sizeof shifts / sizeof shifts[0]; k++) {
    u64 shift = shifts[k];
    for (u64 i = 0; i < size; i++) block[i] = (u8)(i * 31 >> 3);
    memmove(block + shift, block, size);
    for (u64 i = 0; i < size; i += 13) CHECK(block[shift + i] == (u8)(i * 31 >> 3));
    memmove(block, block + shift, size);
    for (u64 i = 0; i < size; i += 13) CHECK(block[i] == (u8)(i * 31 >> 3));
  }
  memset(block + 3, 0x5a, size);
  CHECK(block[2] == (u8)(2 * 31 >> 3) && block[3] == 0x5a && block[size + 2] == 0x5a && block[size / 2] == 0x5a);
  os_unmap(block, 2 * size);
}

static void report_deep(void) {
  test_host = host_add;
  rt_trap_report(context, trap_of(RECURSE_HOST, 0, 0));
}

/// 1 when the machine has wide vectors that the copies use.
static int has_vectors(void) {
#ifdef RT_ARCH_RISCV64
  return rt_arch_vectors;
#else
  return 0;
#endif
}

/// Cases that end the process.
static int run_case(const char *name) {
  test_host = host_trap;
  if (strcmp(name, "report-host") == 0) rt_trap_report(context, trap_of(CALL_HOST, RT_TRAP_UNREACHABLE, 0));
  else if (strcmp(name, "report-leaf") == 0) rt_trap_report(context, trap_of(CALLER, 0, 0));
  else if (strcmp(name, "report-deep") == 0) report_deep();
  else if (strcmp(name, "report-overflow") == 0) rt_trap_report(context, trap_of(RECURSE, 0, 0));
  else if (strcmp(name, "wild") == 0) trap_of(WILD, 0, 0);
  else if (strcmp(name, "illegal") == 0) trap_of(ILLEGAL, 0, 0);
  else if (strcmp(name, "c-fault") == 0) return test_instance.memory.base[65536];
  else if (strcmp(name, "has-vectors") == 0) return !has_vectors();
  else if (strcmp(name, "sent") == 0) os_raise(OS_SIGSEGV);
  else if (strcmp(name, "fatal") == 0) rt_fatal("a ", "b\x1b[1m", " c");
  else if (strcmp(name, "nothing") != 0) rt_fatal("no such case: ", name, 0);
  return 0;
}

int rt_main(const rt_start_info *info) {
  const char *error;
  context = rt_context_new(256 * 1024, &error);
  CHECK(context != 0);
  CHECK(rt_instantiate(&test_module, &test_instance.header, context, 0, 0, 0) == 0);
  CHECK(rt_initialize(&test_instance.header) == 0);
  if (info->argument_count > 1) return run_case(info->arguments[1]);
  check_traps(2000);
  check_straddling_store();
  check_host_calls();
  check_two_instances();
  check_imports();
  check_bulk_memory();
  check_memory_growth();
  check_tables();
  check_clock();
  check_copies();
  check_long_copies();
  rt_instance_free(&test_instance.header);
  return 0;
}
