// The structures of runtime-c/rt.h that the compiler writes as data directives, field by field in order.
//
// Every field is naturally aligned by its place, so the directives of a structure follow one another without padding; the test
// test/unit/abi.test.ts compares offsets and sizes with a C program compiled against rt.h.

/** Name and size in bytes of a field. Fields of 8 bytes may hold a symbol. */
export type Field = readonly [name: string, bytes: 4 | 8];
export type Layout = readonly Field[];

export const rtFunc = [
  ["code", 8],
  ["instance", 8],
  ["type_id", 4],
  ["index", 4],
] as const satisfies Layout;

export const rtMemoryDef = [
  ["min_pages", 8],
  ["max_pages", 8],
  ["flags", 4],
  ["offset", 4],
] as const satisfies Layout;

export const rtTableDef = [
  ["min", 8],
  ["max", 8],
  ["type", 4],
  ["offset", 4],
] as const satisfies Layout;

export const rtImport = [
  ["module", 8],
  ["name", 8],
  ["kind", 4],
  ["slot", 4],
  ["type", 4],
  ["index", 4],
  ["min", 8],
  ["max", 8],
] as const satisfies Layout;

export const rtExport = [
  ["name", 8],
  ["kind", 4],
  ["index", 4],
  ["type", 4],
  ["offset", 4],
  ["flags", 4],
  ["record", 4],
] as const satisfies Layout;

export const rtDataSegment = [
  ["bytes", 8],
  ["length", 8],
] as const satisfies Layout;

export const rtElementSegment = [
  ["items", 8],
  ["length", 8],
] as const satisfies Layout;

export const rtFrameEntry = [
  ["code_offset", 4],
  ["frame_size", 4],
  ["name_offset", 4],
  ["function", 4],
] as const satisfies Layout;

export const rtAdapter = [
  ["type_id", 4],
  ["reserved", 4],
  ["code", 8],
] as const satisfies Layout;

export const rtModule = [
  ["abi_version", 4],
  ["flags", 4],
  ["name", 8],
  ["instance", 8],
  ["instance_size", 8],
  ["functions", 8],
  ["memory_defs", 8],
  ["table_defs", 8],
  ["imports", 8],
  ["exports", 8],
  ["datas", 8],
  ["elements", 8],
  ["init", 8],
  ["function_count", 4],
  ["functions_offset", 4],
  ["memory_def_count", 4],
  ["memory_count", 4],
  ["memories_offset", 4],
  ["table_def_count", 4],
  ["table_count", 4],
  ["tables_offset", 4],
  ["import_count", 4],
  ["export_count", 4],
  ["data_count", 4],
  ["element_count", 4],
  ["dropped_data_offset", 4],
  ["dropped_element_offset", 4],
  ["function_slots_offset", 4],
  ["reserved", 4],
  ["global_offsets", 8],
  ["global_count", 4],
  ["imported_function_count", 4],
] as const satisfies Layout;

export const rtGrant = [
  ["kind", 4],
  ["flags", 4],
  ["a", 8],
  ["b", 8],
] as const satisfies Layout;

export const rtProgram = [
  ["abi_version", 4],
  ["flags", 4],
  ["module_count", 4],
  ["type_count", 4],
  ["modules", 8],
  ["module_names", 8],
  ["types", 8],
  ["text_start", 8],
  ["text_end", 8],
  ["frames", 8],
  ["names", 8],
  ["adapters", 8],
  ["grants", 8],
  ["frame_count", 4],
  ["adapter_count", 4],
  ["grant_count", 4],
  ["max_files", 4],
  ["max_memory", 8],
  ["stack_size", 8],
  ["features", 8],
  ["entry", 8],
  ["host_imports", 8],
  ["host_init", 8],
] as const satisfies Layout;

/** Structure name in rt.h to its layout, for the test that compares them. */
export const structures: Readonly<Record<string, Layout>> = {
  rt_func: rtFunc,
  rt_memory_def: rtMemoryDef,
  rt_table_def: rtTableDef,
  rt_import: rtImport,
  rt_export: rtExport,
  rt_data_segment: rtDataSegment,
  rt_element_segment: rtElementSegment,
  rt_frame_entry: rtFrameEntry,
  rt_adapter: rtAdapter,
  rt_module: rtModule,
  rt_grant: rtGrant,
  rt_program: rtProgram,
};

/** A value for each field: a number, or an assembler expression. */
export type FieldValues<L extends Layout> = Readonly<Record<L[number][0], number | string>>;
