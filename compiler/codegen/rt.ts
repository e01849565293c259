// Offsets of the structures in runtime-c/rt.h that compiled code reads and writes. The contract itself is
// docs/ABI.md; test/unit/abi.test.ts compiles a C program against rt.h and compares every number here.

/** rt_instance. */
export const instance = {
  module: 0,
  memoryBase: 8,
  hostStackLimit: 16,
  context: 24,
  memories: 32,
  tables: 40,
  user: 48,
  headerSize: 64,
} as const;

/** rt_memory. */
export const memory = {
  base: 0,
  size: 8,
  maxPages: 16,
  reserved: 24,
  flags: 32,
  index: 36,
  byteSize: 40,
} as const;

/** rt_table. */
export const table = {
  elements: 0,
  size: 8,
  max: 16,
  capacity: 24,
  type: 32,
  flags: 36,
  byteSize: 40,
} as const;

/** rt_func. */
export const func = { code: 0, instance: 8, typeId: 16, index: 20, byteSize: 24 } as const;

/** rt_context. */
export const context = { results: 128 } as const;

export const ABI_VERSION = 1;

/** RT_GUARD_BYTES: see Environment.guardBytes. */
export const GUARD_BYTES = 0x8001_0000;

/** Most results of each class that stay in registers. */
export const REGISTER_RESULTS = 6;

/** Items of element segments (rt_element_segment). */
export const element = { null: -1, import: 1 << 30 } as const;

export const moduleFlags = { pointer: 1, explicit: 2 } as const;
export const memoryFlags = { memory64: 1, explicit: 2 } as const;
/** Added to the type word of a mutable global in rt_import and rt_export. */
export const MUTABLE = 0x100;
export const EXPORT_INDIRECT = 1;
export const grantKinds = { dir: 1, env: 2, listen: 3, arg0: 4, envInherit: 5 } as const;
export const GRANT_READONLY = 1;
export const programFlags = { noEnvGrants: 1, deterministic: 2, hardenOff: 4, hardenRequire: 8 } as const;
/** rt_frame_entry.function of code that belongs to no wasm function. */
export const FRAME_GENERATED = -1;
