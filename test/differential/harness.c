// Stands in for the runtime's main.c in differential tests: carries out commands read from standard input and writes what they answer.
//
// All numbers are 64-bit words. First comes the number of the module that is asked; those behind it are not instantiated. First answer: the trap
// code of its instantiation (0: none; else nothing follows). Commands:
//   0, export, n, arguments: calls a function; answers the trap code, then, when that is 0, each result;
//   1, export: answers the bits of a global;
//   2, export: answers the size in bytes and a hash of a memory (protocol.ts).
#include "memory.h"
#include "os.h"
#include "print.h"

enum { CALL = 0, GLOBAL = 1, MEMORY = 2 };
#define SLOTS 1000

static rt_context *context;
static u64 slots[2 * SLOTS];
static u64 answers[4096];
static u32 answer_count;

static void flush(void) {
  const u8 *at = (const u8 *)answers;
  u64 left = answer_count * sizeof(u64);
  while (left > 0) {
    i64 n = os_write(1, at, left);
    if (n <= 0) os_exit(1);
    at += n;
    left -= (u64)n;
  }
  answer_count = 0;
}

static void answer(u64 word) {
  answers[answer_count++] = word;
  if (answer_count == sizeof answers / sizeof *answers) flush();
}

static u64 next_word(void) {
  static u64 words[4096];
  static u64 at, end;
  if (at == end) {
    u64 bytes = 0;
    do {
      i64 n = os_read(0, (u8 *)words + bytes, sizeof words - bytes);
      if (n <= 0) break;
      bytes += (u64)n;
    } while (bytes % sizeof(u64) != 0);
    if (bytes == 0) {
      flush();
      os_exit(0);
    }
    at = 0;
    end = bytes / sizeof(u64);
  }
  return words[at++];
}

/// The bits of a value of type `letter`, the others 0.
static u64 bits_of(char letter, u64 word) {
  return letter == 'i' || letter == 'f' ? (u32)word : word;
}

static void call(rt_instance *instance, const rt_export *export) {
  u64 n = next_word();
  for (u64 i = 0; i < n; i++) slots[2 * i] = next_word();
  const rt_func *func = rt_export_value(instance, export);
  static u64 results[2 * SLOTS];
  u32 code = rt_call(context, func, slots, results);
  answer(code);
  if (code != 0) return;
  const char *letters = wasmaot_program.types[func->type_id - 1];
  while (*letters++ != ':');
  for (u64 i = 0; letters[i] != 0; i++) answer(bits_of(letters[i], results[2 * i]));
}

static void describe_memory(const rt_memory *memory) {
  u32 hash = 2166136261u;
  const u32 *words = (const u32 *)memory->base;
  for (u64 i = 0; i < memory->size / sizeof *words; i++) hash = (hash ^ words[i]) * 16777619u;
  answer(memory->size);
  answer(hash);
}

static char global_letter(u32 type) {
  return (u8)type == 0x7f || (u8)type == 0x7d ? 'i' : 'l';
}

/// Instantiates the modules up to the one that is asked; those that trap are passed over, but for that one.
static rt_instance *instantiate(u32 asked) {
  u32 count = asked + 1;
  rt_named_instance *named = rt_allocate(count * sizeof *named);
  rt_names names = {.list = named, .count = 0};
  rt_instance *instance = 0;
  for (u32 i = 0; i < count; i++) {
    const rt_module *module = wasmaot_program.modules[i];
    instance = rt_instance_new(module);
    const rt_import *failed = 0;
    const char *error = rt_instantiate(module, instance, context, rt_resolve_by_name, &names, &failed);
    if (error != 0) rt_fatal(error, failed == 0 ? 0 : failed->name, 0);
    u32 code = rt_initialize(instance);
    if (i == asked) answer(code);
    if (code != 0 && i == asked) {
      flush();
      os_exit(0);
    }
    if (code != 0) continue;
    named[names.count++] = (rt_named_instance){wasmaot_program.module_names[i], instance};
  }
  return instance;
}

int rt_main(const rt_start_info *info) {
  (void)info;
  const char *error = 0;
  context = rt_context_new(wasmaot_program.stack_size, &error);
  if (context == 0) rt_fatal(error, 0, 0);
  rt_instance *instance = instantiate((u32)next_word());
  for (;;) {
    u64 kind = next_word();
    const rt_export *export = &instance->module->exports[next_word()];
    if (kind == CALL) call(instance, export);
    else if (kind == GLOBAL) answer(bits_of(global_letter(export->type), *(u64 *)rt_export_value(instance, export)));
    else if (kind == MEMORY) describe_memory(rt_export_value(instance, export));
    else os_exit(1);
  }
}
