// Another process exchanges directories with links that lead out, and moves directories out and back, while paths through them are resolved
// OPERATIONS times. Nothing outside may be opened, seen, made or removed.
#define _GNU_SOURCE
#include "host.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static const char *top;
static char grant[128];

/// Runs until it is ended. Paths are relative to `top`.
static _Noreturn void disturb(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  CHECK(chdir(top) == 0);
  for (;;) {
    renameat2(AT_FDCWD, "grant/swap", AT_FDCWD, "grant/swapped", RENAME_EXCHANGE);
    renameat2(AT_FDCWD, "grant/d/deep", AT_FDCWD, "moved", 0);
    renameat2(AT_FDCWD, "grant/leaf", AT_FDCWD, "grant/leaf_link", RENAME_EXCHANGE);
    renameat2(AT_FDCWD, "moved", AT_FDCWD, "grant/d/deep", 0);
  }
}

static const char *const paths[] = {
    "swap/secret", "swapped/secret", "swap/../secret", "d/deep/../../outside/secret", "d/deep/x/../../../outside/secret",
    "d/deep/x/../../secret", "leaf", "leaf_link", "swap/", "swap/made", "d/deep/../made", "swap/x/../secret",
};
#define PATH_COUNT (sizeof paths / sizeof paths[0])

static u64 secret_inode;

static void attempt(u32 what, const char *path) {
  u32 length = put_text(TEXT_A, path), file = put_text(TEXT_B, "file");
  u32 follow = random_below(2);
  switch (what) {
    case 0:
    case 1: {
      const u64 rights = what == 0 ? WASI_R_READ : WASI_R_READ | WASI_R_WRITE;
      if (wasi_snapshot_preview1_path_open(self, ROOT, follow, TEXT_A, length, what == 0 ? 0 : WASI_O_CREAT, rights, 0, 0, RESULT) != 0)
        return;
      u32 fd = wasi_get32(memory + RESULT);
      CHECK(wasi_snapshot_preview1_fd_filestat_get(self, fd, RESULT) == 0);
      CHECK(wasi_get64(memory + RESULT + 8) != secret_inode);
      wasi_snapshot_preview1_fd_close(self, fd);
      return;
    }
    case 2:
      if (wasi_snapshot_preview1_path_filestat_get(self, ROOT, follow, TEXT_A, length, RESULT) == 0)
        CHECK(wasi_get64(memory + RESULT + 8) != secret_inode);
      return;
    case 3: wasi_snapshot_preview1_path_unlink_file(self, ROOT, TEXT_A, length); return;
    case 4: wasi_snapshot_preview1_path_create_directory(self, ROOT, TEXT_A, length); return;
    case 5: wasi_snapshot_preview1_path_link(self, ROOT, 0, TEXT_B, file, ROOT, TEXT_A, length); return;
    default: wasi_snapshot_preview1_path_filestat_set_times(self, ROOT, follow, TEXT_A, length, 1, 1, WASI_FST_MTIM); return;
  }
}

static void make_tree(void) {
  snprintf(grant, sizeof grant, "%s/grant", top);
  mkdir(grant, 0755);
  mkdir(under(top, "outside"), 0755);
  write_file(under(top, "outside/secret"));
  write_file(under(grant, "file"));
  mkdir(under(grant, "swap"), 0755);
  mkdir(under(grant, "swap/x"), 0755);
  CHECK(symlink("../outside", under(grant, "swapped")) == 0);
  write_file(under(grant, "leaf"));
  CHECK(symlink("../outside/secret", under(grant, "leaf_link")) == 0);
  mkdir(under(grant, "d"), 0755);
  mkdir(under(grant, "d/deep"), 0755);
  mkdir(under(grant, "d/deep/x"), 0755);
}

/// Puts back what the attempts removed, through no link.
static void mend_tree(void) {
  static const char *const names[] = {"leaf", "leaf_link"};
  mkdir(under(grant, "swap/x"), 0755);
  for (u32 i = 0; i < 2; i++) {
    int fd = open(under(grant, names[i]), O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
    if (fd >= 0) close(fd);
  }
}

static void check_outside(void) {
  struct stat s;
  CHECK(stat(under(top, "outside/secret"), &s) == 0 && s.st_ino == secret_inode && s.st_nlink == 1 && s.st_mtime > 1);
  CHECK(stat(under(top, "outside/made"), &s) != 0 && stat(under(top, "made"), &s) != 0);
  CHECK(stat(under(top, "secret"), &s) != 0);
}

int main(void) {
  u32 operations = number_variable("OPERATIONS", 3000);
  top = fresh_directory();
  make_tree();
  struct stat s;
  CHECK(stat(under(top, "outside/secret"), &s) == 0);
  secret_inode = s.st_ino;
  char directories[200];
  snprintf(directories, sizeof directories, "%s::/", grant);
  start_wasi(directories);
  pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) disturb();
  for (u32 i = 0; i < operations; i++) {
    if (i % 100 == 0) wasi_choose_resolver(i / 100 % 2 == 0 ? "walk" : "openat2");
    if (i % 500 == 0) mend_tree();
    attempt(random_below(7), paths[random_below(PATH_COUNT)]);
    if (i % 100 == 99) check_outside();
  }
  kill(child, SIGKILL);
  waitpid(child, 0, 0);
  check_outside();
  remove_tree(top, false);
  return 0;
}
