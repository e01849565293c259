// What WASI's C finds around it otherwise: a program, an instance, ways out of wasm.
#define _GNU_SOURCE
#include "host.h"

#include <ftw.h>

#include "../../runtime-c/memory.h"

jmp_buf unwound;
u64 rt_host_page = 4096;
const rt_program wasmaot_program = {.host_imports = UINT64_MAX, .flags = RT_PROGRAM_HARDEN_OFF};

static const rt_module module = {.memory_count = 1};
static rt_memory memory_0;
static rt_memory *memories[] = {&memory_0};
static rt_context context;
static rt_instance instance = {.module = &module, .context = &context, .memories = memories};
rt_instance *const self = &instance;
u8 *memory;

_Noreturn void rt_trap(rt_instance *in, u32 code) {
  (void)in;
  fprintf(stderr, "trap %u\n", code);
  exit(1);
}

_Noreturn void rt_unwind(rt_context *in, u32 code) {
  (void)in;
  longjmp(unwound, (int)code);
}

void start_wasi(const char *directories) {
  const rt_memory_def def = {.min_pages = 1, .max_pages = 1, .flags = RT_MEMORY_EXPLICIT};
  CHECK(rt_memory_create(&memory_0, &def) == 0);
  memory = instance.memory_base = memory_0.base;
  static char text[4096];
  snprintf(text, sizeof text, "WASMAOT_DIR=%s", directories);
  static const char *environment[2];
  environment[0] = text;
  static const char *const arguments[] = {"program", 0};
  const rt_start_info info = {.argument_count = 1, .arguments = arguments, .environment = environment, .page_size = 4096};
  rt_wasi_init(&info);
}

const char *fresh_directory(void) {
  static char names[4][64];
  static u32 count;
  char *name = names[count++];
  strcpy(name, "/tmp/wasmaot-wasi-XXXXXX");
  CHECK(mkdtemp(name) != 0);
  return name;
}

static bool keep_top;

static int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *ftw) {
  (void)stat, (void)kind;
  return keep_top && ftw->level == 0 ? 0 : remove(path);
}

void remove_tree(const char *path, bool keep) {
  keep_top = keep;
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *under(const char *directory, const char *name) {
  static char path[256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  return path;
}

void write_file(const char *path) {
  int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644);
  CHECK(fd >= 0 && write(fd, "text", 4) == 4);
  close(fd);
}

/// Source: Marsaglia 2003, xorshift.
u32 random_below(u32 n) {
  static u32 state;
  if (state == 0) state = number_variable("SEED", 1);
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % n;
}

u32 number_variable(const char *name, u32 otherwise) {
  const char *text = getenv(name);
  return text == 0 ? otherwise : (u32)atoi(text);
}

u32 put_text(u32 at, const char *text) {
  memcpy(memory + at, text, strlen(text));
  return (u32)strlen(text);
}
