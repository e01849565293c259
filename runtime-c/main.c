// The ordinary program: instantiates its modules in order, each import met by an export of an earlier one, and calls the entry.
//
// Exit status: that of proc_exit; 0 when the entry returns; 1 when the program cannot start; RT_TRAP_STATUS (134) after a trap.
// Variables, unless refused: WASMAOT_MAX_MEMORY (bytes over all memories) and WASMAOT_STACK (bytes), with K, M or G behind the number.
#include "memory.h"
#include "os.h"
#include "print.h"
#include "trap.h"

#define RT_TRAP_STATUS 134

static rt_context *main_context;

/// Bytes in `text`: a number with an optional K, M or G.
static u64 parse_size(const char *variable, const char *text) {
  u64 value = 0;
  const char *at = text;
  for (; *at >= '0' && *at <= '9' && value < 1ull << 56; at++) value = value * 10 + (u64)(*at - '0');
  u32 shift = *at == 'K' ? 10 : *at == 'M' ? 20 : *at == 'G' ? 30 : 0;
  if (shift != 0) at++;
  if (at == text || *at != 0 || value > UINT64_MAX >> shift)
    rt_fatal(variable, ": not a size (a number, with K, M or G behind it): ", text);
  return value << shift;
}

/// Value of the environment variable, or `otherwise`.
static u64 size_variable(const rt_start_info *info, const char *name, u64 otherwise) {
  size_t length = strlen(name);
  if (info->refuse_environment) return otherwise;
  for (const char *const *entry = info->environment; *entry != 0; entry++)
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return parse_size(name, *entry + length + 1);
  return otherwise;
}

static _Noreturn void cannot_instantiate(const rt_module *module, const char *error, const rt_import *failed) {
  rt_line line = {.length = 0};
  rt_line_text(&line, "wasmaot: cannot instantiate module \"");
  rt_line_text(&line, module->name == 0 ? "" : module->name);
  rt_line_text(&line, "\": ");
  rt_line_text(&line, error);
  if (failed != 0) {
    rt_line_text(&line, " \"");
    rt_line_text(&line, failed->module);
    rt_line_text(&line, "\" \"");
    rt_line_text(&line, failed->name);
    rt_line_text(&line, "\"");
  }
  rt_line_write(&line);
  os_exit(1);
}

/// What the process exits with after wasm code ended with `code`.
static int status_of(u32 code) {
  if (code == 0) return 0;
  if (code == RT_TRAP_EXIT) return (int)main_context->exit_status;
  rt_trap_report(main_context, code);
  return RT_TRAP_STATUS;
}

static u32 run_entry(rt_instance *instance) {
  const char *entry = wasmaot_program.entry;
  if (entry == 0) return 0;
  const rt_export *export = rt_find_export(instance->module, entry);
  if (export == 0 || export->kind != RT_EXTERN_FUNC) rt_fatal("the program exports no function ", entry, 0);
  const rt_func *func = rt_export_value(instance, export);
  if (strcmp(wasmaot_program.types[func->type_id - 1], ":") != 0)
    rt_fatal("the entry takes arguments or returns results: ", entry, 0);
  return rt_call(main_context, func, 0, 0);
}

static bool defines_guarded_memory(void) {
  for (u32 i = 0; i < wasmaot_program.module_count; i++) {
    const rt_module *module = wasmaot_program.modules[i];
    for (u32 k = 0; k < module->memory_def_count; k++)
      if ((module->memory_defs[k].flags & RT_MEMORY_EXPLICIT) == 0) return true;
  }
  return false;
}

int rt_main(const rt_start_info *info) {
  const char *error;
  rt_memory_limit = size_variable(info, "WASMAOT_MAX_MEMORY", wasmaot_program.max_memory);
  u64 stack_size = size_variable(info, "WASMAOT_STACK", wasmaot_program.stack_size);
  main_context = rt_context_new_with(stack_size, defines_guarded_memory(), &error);
  if (main_context == 0) rt_fatal(error, 0, 0);
  if (wasmaot_program.host_init != 0) wasmaot_program.host_init(info);

  u32 count = wasmaot_program.module_count;
  rt_named_instance *named = count > 1 ? rt_allocate(count * sizeof *named) : 0;
  if (count > 1 && named == 0) rt_fatal("out of memory", 0, 0);
  rt_names names = {.list = named, .count = 0};
  rt_instance *instance = 0;
  for (u32 i = 0; i < count; i++) {
    const rt_module *module = wasmaot_program.modules[i];
    const rt_import *failed = 0;
    instance = rt_instance_new(module);
    if (instance == 0) cannot_instantiate(module, "out of memory", 0);
    error = rt_instantiate(module, instance, main_context, rt_resolve_by_name, &names, &failed);
    if (error != 0) cannot_instantiate(module, error, failed);
    u32 code = rt_initialize(instance);
    if (code != 0) return status_of(code);
    if (named != 0) named[names.count++] = (rt_named_instance){wasmaot_program.module_names[i], instance};
  }
  return instance == 0 ? 0 : status_of(run_entry(instance));
}
