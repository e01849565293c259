// Every function with arguments at the edges and past the end of memory, one at a time and CALLS times at random: an errno, never a crash, and no more
// memory than before.
#define _GNU_SOURCE
#include "host.h"

#include <sys/resource.h>

extern jmp_buf unwound;

/// All arguments as words: those of 32 bits are in registers and stack slots of the same size on the machines the tests run on.
typedef u32 (*any_function)(rt_instance *, u64, u64, u64, u64, u64, u64, u64, u64, u64);

typedef struct function {
  const char *name;
  any_function call;
  const char *parameters;  ///< as written in functions.def
} function;

static const function functions[] = {
#define WASI(result, name, parameters, calls) {#name, (any_function)(void *)&wasi_snapshot_preview1_##name, #parameters},
#define WASI_UNSTABLE(result, name, parameters) {#name, (any_function)(void *)&wasi_unstable_##name, #parameters},
#include "../../runtime-c/wasi/functions.def"
#undef WASI
#undef WASI_UNSTABLE
};
#define FUNCTIONS (sizeof functions / sizeof functions[0])

static const u64 edges[] = {
    0, 1, 2, 3, 4, 8, 24, 48, TEXT_A, RESULT, MEMORY_SIZE - 64, MEMORY_SIZE - 8, MEMORY_SIZE - 1, MEMORY_SIZE,
    MEMORY_SIZE + 1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, 0x7fffffffffffffff, 0x8000000000000000,
    0xffffffffffffffff,
};
#define EDGES (sizeof edges / sizeof edges[0])

static const char *top;

/// Files and directories as the calls expect them; descriptors 4 (a file) and 5 (a directory).
static void prepare(void) {
  remove_tree(top, true);
  write_file(under(top, "file"));
  mkdir(under(top, "d"), 0755);
  memset(memory, 0, MEMORY_SIZE);
  for (u32 fd = 4; fd < 64; fd++) wasi_snapshot_preview1_fd_close(self, fd);
  u32 n = put_text(TEXT_A, "file");
  CHECK(wasi_snapshot_preview1_path_open(self, ROOT, 0, TEXT_A, n, 0, WASI_R_READ | WASI_R_WRITE, 0, 0, RESULT) == 0);
  n = put_text(TEXT_A, "d");
  CHECK(wasi_snapshot_preview1_path_open(self, ROOT, 0, TEXT_A, n, WASI_O_DIRECTORY, WASI_R_READ, 0, 0, RESULT) == 0);
  put_text(TEXT_A, "file");
}

static u64 memory_in_use(void) {
  unsigned long pages = 0, resident = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  CHECK(f != 0 && fscanf(f, "%lu %lu", &pages, &resident) == 2);
  fclose(f);
  return resident * 4096;
}

static bool starts(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/// Sensible arguments by the names of the parameters.
static u32 ordinary_arguments(const function *f, u64 *out) {
  u32 count = 0;
  for (const char *at = strchr(f->parameters, ','); at != 0; at = strchr(at + 1, ',')) {
    const char *name = strchr(at + 2, ' ') + 1;
    u64 value = RESULT + 64 * count;
    if (starts(name, "fd") || starts(name, "old_fd") || starts(name, "new_fd")) value = starts(f->name, "path") ? ROOT : 4;
    else if (starts(name, "path_len") || strstr(name, "path_len") == name + 4) value = 4;
    else if (strstr(name, "path") != 0 && strstr(name, "path") - name <= 4) value = TEXT_A;
    else if (strstr(name, "len") != 0 || starts(name, "nsub")) value = 1;
    else if (starts(name, "rights") || starts(name, "flags") || starts(name, "fst") || starts(name, "old_flags")) value = 0;
    else if (starts(name, "oflags") || starts(name, "dirflags") || starts(name, "fdflags") || starts(name, "cookie")) value = 0;
    else if (starts(name, "offset") || starts(name, "whence") || starts(name, "id") || starts(name, "advice")) value = 0;
    else if (starts(name, "from") || starts(name, "to")) value = 5;
    out[count++] = value;
  }
  return count;
}

static void call(const function *f, const u64 *a) {
  // A signal would end the test as it should, a pipe that nobody writes to never returns.
  if (starts(f->name, "proc_raise") && a[0] < 32) return;
  // The granted directory stays open, with its rights.
  bool takes_away = starts(f->name, "fd_close") || starts(f->name, "fd_renumber") || starts(f->name, "fd_fdstat_set_rights");
  if (takes_away && ((u32)a[0] == ROOT || (u32)a[1] == ROOT)) return;
  if (setjmp(unwound) != 0) return;
  f->call(self, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8]);
}

static void one_at_a_time(const function *f) {
  u64 a[12] = {0};
  u32 count = ordinary_arguments(f, a);
  for (u32 i = 0; i < count; i++)
    for (u32 e = 0; e < EDGES; e++) {
      prepare();
      u64 b[12];
      memcpy(b, a, sizeof b);
      b[i] = edges[e];
      call(f, b);
    }
}

int main(void) {
  u32 calls = number_variable("CALLS", 3000);
  top = fresh_directory();
  char directories[200];
  snprintf(directories, sizeof directories, "%s::/", top);
  start_wasi(directories);
  prepare();
  u64 before = memory_in_use();
  for (u32 i = 0; i < FUNCTIONS; i++) one_at_a_time(&functions[i]);
  for (u32 i = 0; i < calls; i++) {
    u64 a[12] = {0};
    const function *f = &functions[random_below(FUNCTIONS)];
    u32 count = ordinary_arguments(f, a);
    for (u32 k = 0; k < count; k++)
      if (random_below(2) == 0) a[k] = edges[random_below(EDGES)];
    if (i % 16 == 0 || starts(f->name, "poll")) prepare();
    call(f, a);
  }
  u64 after = memory_in_use();
  if (after > before + (64u << 20)) fprintf(stderr, "%llu bytes more\n", (unsigned long long)(after - before)), exit(1);
  remove_tree(top, false);
  return 0;
}
