// Paths that try to leave a granted directory: PATHS paths through every path function, by both resolvers. Nothing outside may be seen or changed, and
// the resolvers have to agree.
#define _GNU_SOURCE
#include "host.h"

#include <ftw.h>

static const char *top;
static char grant[128];

// ---- The tree ----

static void link_to(const char *text, const char *name) { CHECK(symlink(text, under(grant, name)) == 0); }

/// The granted tree as it is at first.
static void build_grant(void) {
  // The directory itself is open: it is emptied, not made anew.
  remove_tree(grant, true);
  write_file(under(grant, "file"));
  mkdir(under(grant, "d"), 0755);
  mkdir(under(grant, "d/e"), 0755);
  write_file(under(grant, "d/e/file"));
  char absolute[160];
  snprintf(absolute, sizeof absolute, "%s/outside", top);
  link_to("file", "to_file");
  link_to("d", "to_d");
  link_to("..", "up");
  link_to("../outside", "out");
  link_to("../outside/", "out_slash");
  link_to("../outside/secret", "out_file");
  link_to(absolute, "absolute");
  link_to("/", "root");
  link_to("/proc/self/cwd", "magic");
  link_to(".", "dot");
  link_to("d/..", "self");
  link_to("d/../..", "self_up");
  link_to("loop", "loop");
  link_to("chain2", "chain");
  link_to("d/back_out", "chain2");
  link_to("../../outside", "d/back_out");
  link_to("..", "d/back");
  link_to("e/../../file", "d/around");
  link_to("../../..", "d/e/far");
  link_to("missing", "dangling");
  link_to("../outside/made", "dangling_out");
}

static u64 outside_hash;
static ino_t outside_inodes[16];
static u32 outside_count;

static int hash_entry(const char *path, const struct stat *s, int kind, struct FTW *ftw) {
  (void)kind, (void)ftw;
  for (; *path != 0; path++) outside_hash = (outside_hash ^ (u8)*path) * 1099511628211u;
  const u64 words[] = {s->st_ino, s->st_mode, (u64)s->st_size, s->st_nlink, (u64)s->st_mtim.tv_nsec, (u64)s->st_ctim.tv_nsec};
  for (u32 i = 0; i < sizeof words / sizeof words[0]; i++) outside_hash = (outside_hash ^ words[i]) * 1099511628211u;
  if (outside_count < 16) outside_inodes[outside_count++] = s->st_ino;
  return 0;
}

static u64 hash_outside(void) {
  static char path[160];
  snprintf(path, sizeof path, "%s/outside", top);
  outside_hash = 14695981039346656037u;
  outside_count = 0;
  nftw(path, hash_entry, 16, FTW_PHYS);
  // The parent as well: names next to the grant, not its times, which building the grant changes.
  struct stat s;
  CHECK(stat(top, &s) == 0);
  outside_inodes[outside_count++] = s.st_ino;
  return outside_hash ^ s.st_nlink;
}

// ---- The operations ----

enum { OPERATIONS = 18 };

static u32 opened;

static u32 try_open(u32 length, u32 lookup, u32 oflags, u64 rights) {
  u32 error = wasi_snapshot_preview1_path_open(self, ROOT, lookup, TEXT_A, length, oflags, rights, rights, 0, RESULT);
  if (error == 0) opened = wasi_get32(memory + RESULT);
  return error;
}

static u32 stat_path(u32 length, u32 lookup) {
  u32 error = wasi_snapshot_preview1_path_filestat_get(self, ROOT, lookup, TEXT_A, length, RESULT);
  u64 inode = wasi_get64(memory + RESULT + 8);
  for (u32 i = 0; error == 0 && i < outside_count; i++) CHECK(inode != outside_inodes[i]);
  return error;
}

static u32 read_link_at(u32 length) {
  memset(memory + RESULT, 0, 64);
  u32 error = wasi_snapshot_preview1_path_readlink(self, ROOT, TEXT_A, length, RESULT, 60, RESULT + 64);
  CHECK(error != 0 || strcmp((char *)memory + RESULT, "escaped") != 0);
  return error;
}

static u32 attempt(u32 operation, const char *path) {
  u32 a = put_text(TEXT_A, path);
  u32 new = put_text(TEXT_B, "made");
  u32 file = put_text(TEXT_B + 16, "file");
  const u64 reads = WASI_R_READ, writes = WASI_R_READ | WASI_R_WRITE;
  switch (operation) {
    case 0: return try_open(a, 0, 0, reads);
    case 1: return try_open(a, 1, 0, reads);
    case 2: return try_open(a, 0, WASI_O_CREAT, writes);
    case 3: return try_open(a, 1, WASI_O_CREAT | WASI_O_TRUNC, writes);
    case 4: return try_open(a, 1, WASI_O_DIRECTORY, reads);
    case 5: return try_open(a, 0, WASI_O_DIRECTORY, reads);
    case 6: return stat_path(a, 0);
    case 7: return stat_path(a, 1);
    case 8: return read_link_at(a);
    case 9: return wasi_snapshot_preview1_path_create_directory(self, ROOT, TEXT_A, a);
    case 10: return wasi_snapshot_preview1_path_remove_directory(self, ROOT, TEXT_A, a);
    case 11: return wasi_snapshot_preview1_path_unlink_file(self, ROOT, TEXT_A, a);
    case 12: return wasi_snapshot_preview1_path_rename(self, ROOT, TEXT_A, a, ROOT, TEXT_B, new);
    case 13: return wasi_snapshot_preview1_path_rename(self, ROOT, TEXT_B + 16, file, ROOT, TEXT_A, a);
    case 14: return wasi_snapshot_preview1_path_link(self, ROOT, 0, TEXT_A, a, ROOT, TEXT_B, new);
    case 15: return wasi_snapshot_preview1_path_link(self, ROOT, 0, TEXT_B + 16, file, ROOT, TEXT_A, a);
    case 16: return wasi_snapshot_preview1_path_symlink(self, TEXT_B + 16, file, ROOT, TEXT_A, a);
    default:
      return wasi_snapshot_preview1_path_filestat_set_times(self, ROOT, operation & 1, TEXT_A, a, 1, 1,
                                                            WASI_FST_ATIM | WASI_FST_MTIM);
  }
}

/// Fails when the last opened file lies outside.
static void check_opened(const char *path) {
  char name[64], place[512];
  wasi_fd *entry = wasi_fd_get(opened);
  CHECK(entry != 0);
  snprintf(name, sizeof name, "/proc/self/fd/%d", entry->host);
  ssize_t length = readlink(name, place, sizeof place - 1);
  CHECK(length > 0);
  place[length] = 0;
  if (strncmp(place, grant, strlen(grant)) != 0) fprintf(stderr, "%s opened %s\n", path, place), exit(1);
  wasi_snapshot_preview1_fd_close(self, opened);
  opened = 0;
}

// ---- Paths ----

static const char *const components[] = {
    ".", "..", "d", "e", "file", "to_file", "to_d", "up", "out", "out_slash", "out_file", "absolute", "root", "magic", "dot",
    "self", "self_up", "loop", "chain", "back", "back_out", "around", "far", "dangling", "dangling_out", "new", "outside",
    "secret", "",
};
#define COMPONENTS (sizeof components / sizeof components[0])

static void make_path(u32 number, char *out) {
  u32 count = number < COMPONENTS * 2 ? 1 : 2 + random_below(5);
  char *at = out;
  // "d/.." in front changes nothing, but how it is resolved.
  if (random_below(8) == 0) at += sprintf(at, "d/e/../../");
  if (random_below(40) == 0) *at++ = '/';
  for (u32 i = 0; i < count; i++) {
    const char *component = number < COMPONENTS * 2 ? components[number / 2] : components[random_below(COMPONENTS)];
    at += sprintf(at, "%s%s", i == 0 ? "" : "/", component);
  }
  if (number < COMPONENTS * 2 ? number % 2 == 1 : random_below(4) == 0) *at++ = '/';
  *at = 0;
}

static u32 run_case(const char *resolver, u32 operation, const char *path, u64 expected) {
  wasi_choose_resolver(resolver);
  u32 error = attempt(operation, path);
  if (error == 0 && opened != 0) check_opened(path);
  if (hash_outside() != expected) fprintf(stderr, "operation %u on %s changed what is outside\n", operation, path), exit(1);
  bool changes = operation == 2 || operation == 3 || operation >= 9;
  if (error == 0 && changes) build_grant();
  return error;
}

int main(void) {
  u32 paths = number_variable("PATHS", 150);
  const bool has_openat2 = getenv("NO_OPENAT2") == 0;
  top = fresh_directory();
  snprintf(grant, sizeof grant, "%s/grant", top);
  mkdir(under(top, "outside"), 0755);
  mkdir(under(top, "outside/e"), 0755);
  write_file(under(top, "outside/secret"));
  write_file(under(top, "outside/file"));
  CHECK(symlink("escaped", under(top, "outside/to_file")) == 0);
  mkdir(grant, 0755);
  build_grant();
  char directories[200];
  snprintf(directories, sizeof directories, "%s::/", grant);
  start_wasi(directories);
  u64 expected = hash_outside();
  u32 cases = 0, allowed = 0;
  for (u32 i = 0; i < paths; i++) {
    char path[256];
    make_path(i, path);
    for (u32 operation = 0; operation < OPERATIONS; operation++, cases++) {
      u32 walked = run_case("walk", operation, path, expected);
      u32 kernel = has_openat2 ? run_case("openat2", operation, path, expected) : walked;
      if (walked != kernel) {
        fprintf(stderr, "operation %u on %s: %u by walking, %u by openat2\n", operation, path, walked, kernel);
        return 1;
      }
      allowed += walked == 0;
    }
  }
  printf("%u cases, %u allowed\n", cases, allowed);
  remove_tree(top, false);
  return 0;
}
