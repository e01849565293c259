// Carries out one script of the official suite in a native program: stands in for the runtime's main.c, linked with the script's modules and
// the script itself as 64-bit words (encode.ts writes them, and says what each command holds).
//
// Invariant: every command is counted as passed or failed, none is passed over; the last line of the output has both counts.
#include "memory.h"
#include "os.h"
#include "print.h"

enum { INSTANTIATE = 1, REGISTER = 2, CALL = 3, GET = 4 };
enum { LINKS = 0, UNLINKABLE = 1, TRAPS = 2 };
enum { RETURNS = 0, TRAP = 1 };
enum { BITS32 = 0, BITS64 = 1, CANONICAL32 = 2, ARITHMETIC32 = 3, CANONICAL64 = 4, ARITHMETIC64 = 5, NOT_NULL = 6 };
#define SLOTS 1000

extern const u64 script_words[];
extern const u64 script_words_end[];
extern const char script_texts[];

static const u64 *at = script_words;
static rt_context *context;
static rt_instance **instances;
static rt_names names;
static u64 passed, failed;
static u64 arguments[2 * SLOTS];
static u64 results[2 * SLOTS];

static u64 next_word(void) {
  return *at++;
}

static void report(u64 line, const char *what, u64 found) {
  failed++;
  rt_line text = {.length = 0};
  rt_line_text(&text, "line ");
  rt_line_number(&text, line);
  rt_line_text(&text, ": ");
  rt_line_text(&text, what);
  rt_line_text(&text, ", found ");
  rt_line_number(&text, found);
  rt_line_write(&text);
}

/// Whether `bits` is what the next check asks for: a kind and its bits.
static bool check(u64 bits) {
  u64 kind = next_word();
  u64 want = next_word();
  u32 low = (u32)bits;
  switch (kind) {
    case BITS32:
      return low == (u32)want;
    case BITS64:
      return bits == want;
    case CANONICAL32:
      return (low & 0x7fffffffu) == 0x7fc00000u;
    case ARITHMETIC32:
      return (low & 0x7fc00000u) == 0x7fc00000u;
    case CANONICAL64:
      return (bits & INT64_MAX) == 0x7ff8000000000000u;
    case ARITHMETIC64:
      return (bits & 0x7ff8000000000000u) == 0x7ff8000000000000u;
    case NOT_NULL:
      return bits != 0;
    default:
      return false;
  }
}

/// One result against its alternatives: a number, then that many checks.
static bool check_any(u64 bits) {
  bool found = false;
  for (u64 n = next_word(); n > 0; n--)
    if (check(bits)) found = true;
  return found;
}

static void instantiate(u64 line) {
  const rt_module *module = wasmaot_program.modules[next_word()];
  u64 outcome = next_word();
  u64 expected = next_word();
  rt_instance *instance = rt_instance_new(module);
  instances[next_word()] = instance;
  const rt_import *import = 0;
  const char *error = rt_instantiate(module, instance, context, rt_resolve_by_name, &names, &import);
  u32 code = error == 0 ? rt_initialize(instance) : 0;
  if (outcome == UNLINKABLE) {
    const char *message = script_texts + expected;
    if (error != 0 && strncmp(message, error, strlen(error)) == 0) passed++;
    else report(line, error == 0 ? "the module links" : error, code);
  } else if (error != 0) {
    rt_line text = {.length = 0};
    rt_line_text(&text, import == 0 ? "" : import->name);
    rt_line_write(&text);
    report(line, error, 0);
  } else if (code == (outcome == TRAPS ? expected : 0)) passed++;
  else report(line, "another trap of the instantiation was expected", code);
}

static void register_instance(void) {
  rt_named_instance *list = (rt_named_instance *)(uintptr_t)names.list;
  u64 instance = next_word();
  list[names.count++] = (rt_named_instance){script_texts + next_word(), instances[instance]};
}

static const rt_export *next_export(rt_instance **instance) {
  *instance = instances[next_word()];
  return &(*instance)->module->exports[next_word()];
}

static void call(u64 line) {
  rt_instance *instance;
  const rt_export *export = next_export(&instance);
  u64 n = next_word();
  for (u64 i = 0; i < n; i++) arguments[2 * i] = next_word();
  u64 outcome = next_word();
  u64 expected = next_word();
  u32 code = rt_call(context, rt_export_value(instance, export), arguments, results);
  bool correct = true;
  if (outcome == RETURNS)
    for (u64 i = 0; i < expected; i++)
      if (!check_any(results[2 * i])) correct = false;
  if (code != (outcome == TRAP ? expected : 0)) report(line, "another trap was expected", code);
  else if (!correct) report(line, "another result was expected", results[0]);
  else passed++;
}

static void get(u64 line) {
  rt_instance *instance;
  const rt_export *export = next_export(&instance);
  u64 bits = *(const u64 *)rt_export_value(instance, export);
  if (check_any(bits)) passed++;
  else report(line, "another value was expected", bits);
}

int rt_main(const rt_start_info *info) {
  (void)info;
  const char *error = 0;
  context = rt_context_new(0, &error);
  if (context == 0) rt_fatal(error, 0, 0);
  u64 instance_count = next_word();
  u64 name_count = next_word();
  instances = rt_allocate(instance_count * sizeof *instances);
  names.list = rt_allocate((name_count + 1) * sizeof *names.list);
  while (at < script_words_end) {
    u64 kind = next_word();
    u64 line = next_word();
    if (kind == INSTANTIATE) instantiate(line);
    else if (kind == REGISTER) register_instance();
    else if (kind == CALL) call(line);
    else if (kind == GET) get(line);
    else rt_fatal("unreadable script", 0, 0);
  }
  rt_line text = {.length = 0};
  rt_line_number(&text, passed);
  rt_line_text(&text, " passed, ");
  rt_line_number(&text, failed);
  rt_line_text(&text, " failed");
  rt_line_write(&text);
  return failed == 0 ? 0 : 1;
}
