// What V8's WASI does otherwise on purpose, or hangs on: nothing leads out of a directory, absolute paths and links are refused.
#include "wasi.h"

static int fd;
static __wasi_filestat_t st;

__attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open"))) int32_t raw_path_open(
    int32_t, int32_t, int32_t, int32_t, int32_t, int64_t, int64_t, int32_t, int32_t);

/// Opens a path given by address and length.
static unsigned open_bytes(const char *bytes, size_t length) {
  __wasi_fd_t opened;
  return raw_path_open(ROOT, 0, (int32_t)bytes, length, 0, READING, READING, 0, (int32_t)&opened);
}

static void leading_out(void) {
  SAY(open_at(ROOT, "..", 0, __WASI_OFLAGS_DIRECTORY, READING, 0, &fd));
  SAY(open_at(ROOT, "../box", 0, __WASI_OFLAGS_DIRECTORY, READING, 0, &fd));
  SAY(open_at(ROOT, "dir/../../box/file", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "/file", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "/", 0, __WASI_OFLAGS_DIRECTORY, READING, 0, &fd));
  SAY(open_at(ROOT, "up/x", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "up", FOLLOW, __WASI_OFLAGS_DIRECTORY, READING, 0, &fd));
  SAY(__wasi_path_filestat_get(ROOT, FOLLOW, "up", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "up/", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "up", &st));
  SAY(__wasi_path_create_directory(ROOT, "up/new"));
  SAY(__wasi_path_create_directory(ROOT, "../new"));
  SAY(__wasi_path_rename(ROOT, "file", ROOT, "../file"));
  SAY(__wasi_path_rename(ROOT, "../box", ROOT, "x"));
  SAY(__wasi_path_link(ROOT, 0, "file", ROOT, "up/file"));
  SAY(__wasi_path_link(ROOT, FOLLOW, "up", ROOT, "x"));
  SAY(__wasi_path_symlink("/etc", ROOT, "absolute"));
  SAY(__wasi_path_symlink("x", ROOT, "../x"));
  SAY(__wasi_path_remove_directory(ROOT, ".."));
  SAY(__wasi_path_remove_directory(ROOT, "."));
  SAY(__wasi_path_unlink_file(ROOT, "../file"));
  SAY(__wasi_path_filestat_set_times(ROOT, FOLLOW, "up", 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
  // Inside, after all.
  SAY(__wasi_path_filestat_get(ROOT, 0, "dir/..", &st));
  SAY(open_at(ROOT, "dir/up/file", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
}

static void arguments(void) {
  SAY(open_bytes("file\0x", 6));
  SAY(open_bytes("file\0", 5));
  SAY(open_bytes((const char *)-16, 8));
  SAY(open_bytes((const char *)-1, 100));
  SAY(open_bytes("", 0));
  SAY(open_at(ROOT, "file", 2, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "file", 0, 16, READING, 0, &fd));
  SAY(open_at(ROOT, "file", 0, 0, READING, 32, &fd));
  SAY(open_at(ROOT, "dir", 0, __WASI_OFLAGS_DIRECTORY | __WASI_OFLAGS_CREAT, READING, 0, &fd));
  SAY(open_at(ROOT, "new/", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &fd));
  SAY(open_at(ROOT, "dir", 0, __WASI_OFLAGS_DIRECTORY, ALL_FILE_RIGHTS, 0, &fd));
  static char path[5000];
  memset(path, 'a', sizeof path - 1);
  SAY(open_at(ROOT, path, 0, 0, READING, 0, &fd));
  path[300] = 0;
  SAY(open_at(ROOT, path, 0, 0, READING, 0, &fd));
  SAY(__wasi_path_filestat_get(ROOT, 0, path, &st));
  SAY(__wasi_path_filestat_get(ROOT, FOLLOW, "loop", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "loop", &st));
  SAY(__wasi_path_filestat_get(ROOT, 8, "loop", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "file/", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "dir/", &st));
}

static void rights(void) {
  __wasi_fdstat_t fs;
  char text[4];
  size_t n;
  __wasi_iovec_t in = {(uint8_t *)text, 3};
  __wasi_filesize_t at;
  SAY(open_at(ROOT, "file", 0, 0, ALL_FILE_RIGHTS, 0, &fd));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  SAY(__wasi_fd_fdstat_set_rights(fd, fs.fs_rights_base & ~(__WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK), 0));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("read %d write %d seek %d\n", (fs.fs_rights_base & __WASI_RIGHTS_FD_READ) != 0,
         (fs.fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0, (fs.fs_rights_base & __WASI_RIGHTS_FD_SEEK) != 0);
  SAY(__wasi_fd_read(fd, &in, 1, &n));
  SAY(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
  SAY(__wasi_fd_fdstat_set_rights(fd, fs.fs_rights_base | __WASI_RIGHTS_FD_WRITE, 0));
  SAY(__wasi_fd_fdstat_set_rights(77, 0, 0));
  SAY(__wasi_fd_close(fd));
}

static void names(void) {
  __wasi_filestat_t st;
  SAY(__wasi_path_create_directory(ROOT, "na\xc3\xafve"));
  SAY(__wasi_path_remove_directory(ROOT, "na\xc3\xafve"));
  SAY(__wasi_path_create_directory(ROOT, "\xf0\x9f\x90\x84"));
  SAY(__wasi_path_remove_directory(ROOT, "\xf0\x9f\x90\x84"));
  SAY(__wasi_path_create_directory(ROOT, "latin\xe9"));
  SAY(__wasi_path_create_directory(ROOT, "overlong\xc0\xaf"));
  SAY(__wasi_path_create_directory(ROOT, "surrogate\xed\xa0\x80"));
  SAY(__wasi_path_create_directory(ROOT, "beyond\xf4\x90\x80\x80"));
  SAY(__wasi_path_create_directory(ROOT, "\x80"));
  SAY(__wasi_path_filestat_get(ROOT, 0, "cut\xe2\x82", &st));
  SAY(__wasi_path_symlink("\xff", ROOT, "soft"));
  SAY(__wasi_path_symlink("file", ROOT, "file/"));
  SAY(__wasi_path_symlink("file", ROOT, "dir/"));
  SAY(__wasi_path_symlink("file", ROOT, "none/"));
}

int main(void) {
  make_file("file", "hello");
  SAY(__wasi_path_create_directory(ROOT, "dir"));
  SAY(__wasi_path_symlink("..", ROOT, "up"));
  SAY(__wasi_path_symlink("..", ROOT, "dir/up"));
  SAY(__wasi_path_symlink("loop", ROOT, "loop"));
  leading_out();
  arguments();
  rights();
  names();
  return 0;
}
