// Instances: making them, resolving their imports, reading their exports, calling their functions.
//
// Invariants:
// - an import slot holds only a value that a resolver vouched for, and a memory without guard never reaches code that relies on one;
// - static and pointer mode differ only in where the instance and its function records lie (docs/ABI.md, "Instance").
#include "arch.h"
#include "memory.h"
#include "os.h"
#include "trap.h"

static const char unknown_import[] = "unknown import";
static const char incompatible_import[] = "incompatible import type";

static void *field(rt_instance *instance, u32 offset) {
  return (u8 *)instance + offset;
}

static rt_func *function_records(rt_instance *instance) {
  const rt_module *module = instance->module;
  // Static records are constant; nothing writes through an rt_func *.
  return module->flags & RT_MODULE_POINTER ? field(instance, module->functions_offset) : (rt_func *)(uintptr_t)module->functions;
}

rt_instance *rt_instance_new(const rt_module *module) {
  return module->flags & RT_MODULE_POINTER ? rt_allocate(module->instance_size) : module->instance;
}

void rt_instance_free(rt_instance *instance) {
  const rt_module *module = instance->module;
  for (u32 i = 0; i < module->memory_def_count; i++)
    rt_memory_destroy(field(instance, module->memory_defs[i].offset));
  for (u32 i = 0; i < module->table_def_count; i++) rt_table_destroy(field(instance, module->table_defs[i].offset));
  if (module->flags & RT_MODULE_POINTER) rt_release(instance, module->instance_size);
  else memset(instance, 0, module->instance_size);
}

/// Code of this module that uses the memory unchecked must find a guard behind it.
static bool memory_fits_code(const rt_module *module, const rt_memory *memory) {
  return module->flags & RT_MODULE_EXPLICIT || memory->flags & RT_MEMORY_64 || rt_memory_guarded(memory);
}

static const char *resolve_imports(rt_instance *instance, rt_resolver resolve, void *closure, const rt_import **failed) {
  const rt_module *module = instance->module;
  for (u32 i = 0; i < module->import_count; i++) {
    const rt_import *import = &module->imports[i];
    const char *error = unknown_import;
    void *value = resolve == 0 ? 0 : resolve(closure, import, &error);
    if (value != 0 && import->kind == RT_EXTERN_MEMORY && !memory_fits_code(module, value)) {
      value = 0;
      error = "memory without guard pages imported by code that needs them";
    }
    if (value == 0) {
      if (failed != 0) *failed = import;
      return error;
    }
    *(void **)field(instance, import->slot) = value;
  }
  return 0;
}

static const char *create_memories(rt_instance *instance) {
  const rt_module *module = instance->module;
  u32 imported = module->memory_count - module->memory_def_count;
  for (u32 i = 0; i < module->memory_def_count; i++) {
    rt_memory *memory = field(instance, module->memory_defs[i].offset);
    const char *error = rt_memory_create(memory, &module->memory_defs[i]);
    if (error != 0) return error;
    memory->index = imported + i;
    instance->memories[imported + i] = memory;
  }
  if (module->memory_count != 0) instance->memory_base = instance->memories[0]->base;
  return 0;
}

static const char *create_tables(rt_instance *instance) {
  const rt_module *module = instance->module;
  u32 imported = module->table_count - module->table_def_count;
  for (u32 i = 0; i < module->table_def_count; i++) {
    rt_table *table = field(instance, module->table_defs[i].offset);
    const char *error = rt_table_create(table, &module->table_defs[i]);
    if (error != 0) return error;
    instance->tables[imported + i] = table;
  }
  return 0;
}

const char *rt_instantiate(const rt_module *module, rt_instance *instance, rt_context *context, rt_resolver resolve,
                           void *closure, const rt_import **failed) {
  if (failed != 0) *failed = 0;
  instance->module = module;
  if (module->abi_version != RT_ABI_VERSION) return "compiled for another version of the runtime";
  instance->context = context;
  instance->host_stack_limit = context->stack_guard_end + RT_HOST_STACK;
  instance->memories = field(instance, module->memories_offset);
  instance->tables = field(instance, module->tables_offset);
  if (module->flags & RT_MODULE_POINTER) {
    rt_func *records = function_records(instance);
    for (u32 i = 0; i < module->function_count; i++) {
      records[i] = module->functions[i];
      records[i].instance = instance;
    }
  }
  const char *error = resolve_imports(instance, resolve, closure, failed);
  if (error == 0) error = create_memories(instance);
  if (error == 0) error = create_tables(instance);
  return error;
}

const rt_export *rt_find_export(const rt_module *module, const char *name) {
  for (u32 i = 0; i < module->export_count; i++)
    if (strcmp(module->exports[i].name, name) == 0) return &module->exports[i];
  return 0;
}

void *rt_export_value(rt_instance *instance, const rt_export *export) {
  bool indirect = (export->flags & RT_EXPORT_INDIRECT) != 0;
  switch (export->kind) {
    case RT_EXTERN_FUNC:
      return indirect ? *(void **)field(instance, export->record) : &function_records(instance)[export->record];
    case RT_EXTERN_TABLE:
      return instance->tables[export->offset];
    case RT_EXTERN_MEMORY:
      return instance->memories[export->offset];
    case RT_EXTERN_GLOBAL:
      return indirect ? *(void **)field(instance, export->offset) : field(instance, export->offset);
    default:
      return 0;
  }
}

/// The specification's matching of limits: `size` now, `max` declared (UINT64_MAX: none).
static bool limits_match(const rt_import *import, u64 size, u64 max) {
  return size >= import->min && (import->max == UINT64_MAX || max <= import->max);
}

static bool import_matches(const rt_import *import, const rt_export *export, const void *value) {
  if (import->kind != export->kind) return false;
  switch (import->kind) {
    case RT_EXTERN_FUNC:
      return ((const rt_func *)value)->type_id == import->type;
    case RT_EXTERN_TABLE: {
      const rt_table *table = value;
      return table->type == import->type && limits_match(import, table->size, table->max);
    }
    case RT_EXTERN_MEMORY: {
      const rt_memory *memory = value;
      return (memory->flags & RT_MEMORY_64) == (import->type & RT_MEMORY_64) &&
             limits_match(import, memory->size / RT_PAGE_SIZE, memory->max_pages);
    }
    case RT_EXTERN_GLOBAL:
      return export->type == import->type;
    default:
      return false;
  }
}

void *rt_resolve_export(rt_instance *instance, const rt_import *import, const char **error) {
  const rt_export *export = rt_find_export(instance->module, import->name);
  *error = unknown_import;
  if (export == 0) return 0;
  *error = incompatible_import;
  void *value = rt_export_value(instance, export);
  return import_matches(import, export, value) ? value : 0;
}

void *rt_resolve_by_name(void *closure, const rt_import *import, const char **error) {
  const rt_names *names = closure;
  for (u32 i = names->count; i-- > 0;)
    if (strcmp(names->list[i].name, import->module) == 0)
      return rt_resolve_export(names->list[i].instance, import, error);
  *error = unknown_import;
  return 0;
}

/// Adapters are sorted by type id.
static void *find_adapter(u32 type_id) {
  u32 low = 0;
  u32 high = wasmaot_program.adapter_count;
  while (low < high) {
    u32 middle = low + (high - low) / 2;
    if (wasmaot_program.adapters[middle].type_id < type_id) low = middle + 1;
    else high = middle;
  }
  if (low == wasmaot_program.adapter_count || wasmaot_program.adapters[low].type_id != type_id) return 0;
  return wasmaot_program.adapters[low].code;
}

/// Enters wasm through `adapter`, with everything set that belongs to the thread rather than to the call.
static u32 enter(rt_instance *instance, void *adapter, void *code, const u64 *args, u64 *results) {
  rt_context *context = instance->context;
  rt_context *outer = rt_active_context;
  rt_active_context = context;
  // Compiled code of static mode on x86-64 expects the base in gs; a nested call gives the outer code its own back.
  bool pinned = (instance->module->flags & RT_MODULE_POINTER) == 0;
  u64 outer_base = pinned && outer != 0 ? rt_arch_memory_base() : 0;
  if (pinned) rt_arch_set_memory_base((u64)instance->memory_base);
  u32 code_or_zero = rt_enter(instance, adapter, code, args, results);
  if (pinned && outer != 0) rt_arch_set_memory_base(outer_base);
  rt_active_context = outer;
  context->trap_code = code_or_zero;
  return code_or_zero;
}

u32 rt_call(rt_context *context, const rt_func *func, const u64 *args, u64 *results) {
  (void)context;
  void *adapter = find_adapter(func->type_id);
  // The compiler makes an adapter for every type that a record has.
  if (adapter == 0) return RT_TRAP_INDIRECT_CALL_MISMATCH;
  return enter(func->instance, adapter, func->code, args, results);
}

u32 rt_initialize(rt_instance *instance) {
  // `init` takes no arguments in the internal convention, so it can stand in the adapter's place.
  return instance->module->init == 0 ? 0 : enter(instance, instance->module->init, 0, 0, 0);
}
