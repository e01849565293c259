// A read-only grant: CALLS random calls of every function that takes a descriptor or path; not a byte and no metadata may change, times of access included.
#define _GNU_SOURCE
#include "host.h"

#include <ftw.h>

static const char *top;
static char granted[128], writable[128];
static u64 hash;

static int hash_entry(const char *path, const struct stat *s, int kind, struct FTW *ftw) {
  (void)kind, (void)ftw;
  for (; *path != 0; path++) hash = (hash ^ (u8)*path) * 1099511628211u;
  // Reading a link changes its time of access, and there is no way to read it without.
  u64 accessed = S_ISLNK(s->st_mode) ? 0 : (u64)s->st_atim.tv_nsec + (u64)s->st_atim.tv_sec;
  const u64 words[] = {s->st_ino,  s->st_mode, (u64)s->st_size, s->st_nlink, (u64)s->st_mtim.tv_nsec, (u64)s->st_ctim.tv_nsec, accessed};
  for (u32 i = 0; i < sizeof words / sizeof words[0]; i++) hash = (hash ^ words[i]) * 1099511628211u;
  return 0;
}

static u64 hash_granted(void) {
  hash = 14695981039346656037u;
  nftw(granted, hash_entry, 16, FTW_PHYS);
  return hash;
}

static const char *const names[] = {"file", "d", "d/file", "new", "d/new", "link", "dirlink", "dirlink/file", ".", "d/..", "dangling"};
#define NAMES (sizeof names / sizeof names[0])

static u32 any_directory(void) { return random_below(3) == 0 ? 4 + random_below(8) : random_below(2) == 0 ? 4 : ROOT; }
static u32 any_path(u32 at) { return put_text(at, names[random_below(NAMES)]); }

static u32 call_path(u32 what) {
  u32 dir = any_directory(), a = any_path(TEXT_A), b = any_path(TEXT_B), follow = random_below(2);
  switch (what) {
    case 0: return wasi_snapshot_preview1_path_create_directory(self, dir, TEXT_A, a);
    case 1: return wasi_snapshot_preview1_path_remove_directory(self, dir, TEXT_A, a);
    case 2: return wasi_snapshot_preview1_path_unlink_file(self, dir, TEXT_A, a);
    case 3: return wasi_snapshot_preview1_path_rename(self, dir, TEXT_A, a, any_directory(), TEXT_B, b);
    case 4: return wasi_snapshot_preview1_path_link(self, dir, 0, TEXT_A, a, any_directory(), TEXT_B, b);
    case 5: return wasi_snapshot_preview1_path_symlink(self, TEXT_A, a, dir, TEXT_B, b);
    case 6: return wasi_snapshot_preview1_path_filestat_set_times(self, dir, follow, TEXT_A, a, 1, 1, random_below(16));
    case 7: return wasi_snapshot_preview1_path_filestat_get(self, dir, follow, TEXT_A, a, RESULT);
    case 8: return wasi_snapshot_preview1_path_readlink(self, dir, TEXT_A, a, RESULT, 64, RESULT + 64);
    default:
      return wasi_snapshot_preview1_path_open(self, dir, follow, TEXT_A, a, random_below(16),
                                              random_below(3) == 0 ? WASI_R_READ | WASI_R_WRITE : random_below(2) ? WASI_R_READ : 0,
                                              UINT64_MAX, random_below(32), RESULT);
  }
}

static u32 call_fd(u32 what) {
  u32 fd = 3 + random_below(20);
  wasi_put32(memory + TEXT_A, RESULT);
  wasi_put32(memory + TEXT_A + 4, 16);
  switch (what) {
    case 10: return wasi_snapshot_preview1_fd_write(self, fd, TEXT_A, 1, TEXT_B);
    case 11: return wasi_snapshot_preview1_fd_pwrite(self, fd, TEXT_A, 1, 2, TEXT_B);
    case 12: return wasi_snapshot_preview1_fd_read(self, fd, TEXT_A, 1, TEXT_B);
    case 13: return wasi_snapshot_preview1_fd_allocate(self, fd, 0, 100);
    case 14: return wasi_snapshot_preview1_fd_filestat_set_size(self, fd, random_below(9));
    case 15: return wasi_snapshot_preview1_fd_filestat_set_times(self, fd, 1, 1, random_below(16));
    case 16: return wasi_snapshot_preview1_fd_readdir(self, fd, RESULT, 4096, 0, TEXT_B);
    case 17: return wasi_snapshot_preview1_fd_sync(self, fd);
    case 18: return wasi_snapshot_preview1_fd_fdstat_set_flags(self, fd, random_below(32));
    default: return fd < 5 ? 0 : wasi_snapshot_preview1_fd_close(self, fd);
  }
}

/// Listing leaves the times of access of directories alone. Walking the tree does not, so this is looked at apart.
static void check_listing(void) {
  const struct timespec old[2] = {{1, 0}, {2, 0}};
  const char *const directories[] = {"d", "."};
  for (u32 i = 0; i < 2; i++) CHECK(utimensat(AT_FDCWD, under(granted, directories[i]), old, 0) == 0);
  u32 length = put_text(TEXT_A, "d");
  CHECK(wasi_snapshot_preview1_path_open(self, ROOT, 0, TEXT_A, length, WASI_O_DIRECTORY, WASI_R_READ, 0, 0, RESULT) == 0);
  CHECK(wasi_snapshot_preview1_fd_readdir(self, wasi_get32(memory + RESULT), RESULT, 4096, 0, TEXT_B) == 0);
  CHECK(wasi_snapshot_preview1_fd_readdir(self, ROOT, RESULT, 4096, 0, TEXT_B) == 0);
  struct stat s;
  for (u32 i = 0; i < 2; i++) CHECK(stat(under(granted, directories[i]), &s) == 0 && s.st_atim.tv_sec == 1);
}

int main(void) {
  u32 calls = number_variable("CALLS", 5000);
  top = fresh_directory();
  snprintf(granted, sizeof granted, "%s/granted", top);
  snprintf(writable, sizeof writable, "%s/writable", top);
  mkdir(granted, 0755);
  mkdir(writable, 0755);
  mkdir(under(granted, "d"), 0755);
  write_file(under(granted, "file"));
  write_file(under(granted, "d/file"));
  CHECK(symlink("file", under(granted, "link")) == 0 && symlink("d", under(granted, "dirlink")) == 0);
  CHECK(symlink("missing", under(granted, "dangling")) == 0);
  // So long ago that reading brings the time of access up to date.
  const struct timespec old[2] = {{1, 0}, {2, 0}};
  const char *const aged[] = {"file", "d/file", "d", "."};
  for (u32 i = 0; i < 4; i++) CHECK(utimensat(AT_FDCWD, under(granted, aged[i]), old, 0) == 0);
  char directories[400];
  snprintf(directories, sizeof directories, "%s::/ro:ro;%s::/rw", granted, writable);
  start_wasi(directories);
  u64 before = 0;
  for (u32 i = 0; i < calls; i++) {
    if (i % 500 == 0) wasi_choose_resolver(random_below(2) == 0 ? "walk" : "openat2");
    u32 what = random_below(20);
    // Walking the tree is what reads its directories; looking twice finds what the calls did.
    if (i == 0) hash_granted(), before = hash_granted();
    u32 error = what < 10 ? call_path(what) : call_fd(what);
    if (i % 50 != 49 && i != calls - 1) continue;
    if (hash_granted() != before) fprintf(stderr, "call %u (%u, errno %u) or one of 50 before it changed something\n", i, what, error), exit(1);
  }
  check_listing();
  remove_tree(top, false);
  return 0;
}
