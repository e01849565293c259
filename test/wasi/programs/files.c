// Descriptor functions on files and directories: positions, sizes, times, flags, rights, numbers.
#include "wasi.h"

static int fd, dir;
static __wasi_filestat_t st;
static __wasi_fdstat_t fs;
static __wasi_filesize_t at;
static size_t n;

static void reading_and_writing(void) {
  char text[32] = "";
  SAY(open_at(ROOT, "data", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &fd));
  __wasi_ciovec_t out[2] = {{(const uint8_t *)"hello, ", 7}, {(const uint8_t *)"world", 5}};
  SAY(__wasi_fd_write(fd, out, 2, &n));
  printf("%d\n", (int)n);
  SAY(__wasi_fd_write(fd, out, 0, &n));
  printf("%d\n", (int)n);
  SAY(__wasi_fd_tell(fd, &at));
  printf("%d\n", (int)at);
  SAY(__wasi_fd_seek(fd, -5, __WASI_WHENCE_END, &at));
  printf("%d\n", (int)at);
  __wasi_iovec_t in[2] = {{(uint8_t *)text, 3}, {(uint8_t *)text + 3, 20}};
  SAY(__wasi_fd_read(fd, in, 2, &n));
  printf("%d %s\n", (int)n, text);
  SAY(__wasi_fd_read(fd, in, 2, &n));
  printf("%d\n", (int)n);
  SAY(__wasi_fd_pread(fd, in, 1, 7, &n));
  printf("%d %.3s\n", (int)n, text);
  SAY(__wasi_fd_pwrite(fd, out + 1, 1, 20, &n));
  SAY(__wasi_fd_pread(fd, in, 1, 100, &n));
  printf("%d\n", (int)n);
  SAY(__wasi_fd_seek(fd, -100, __WASI_WHENCE_CUR, &at));
  SAY(__wasi_fd_seek(fd, -1, __WASI_WHENCE_SET, &at));
  SAY(__wasi_fd_seek(fd, 0, 7, &at));
  SAY(__wasi_fd_seek(fd, 1000, __WASI_WHENCE_SET, &at));
  SAY(__wasi_fd_read(fd, in, 1, &n));
  printf("%d\n", (int)n);
}

static void sizes(void) {
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("type %d size %d links %d\n", st.filetype, (int)st.size, (int)st.nlink);
  SAY(__wasi_fd_filestat_set_size(fd, 10));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("size %d\n", (int)st.size);
  SAY(__wasi_fd_filestat_set_size(fd, 100));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("size %d\n", (int)st.size);
  SAY(__wasi_fd_allocate(fd, 50, 100));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("size %d\n", (int)st.size);
  SAY(__wasi_fd_allocate(fd, 0, 10));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("size %d\n", (int)st.size);
  SAY(__wasi_fd_allocate(fd, 0, 0));
  SAY(__wasi_fd_advise(fd, 0, 100, __WASI_ADVICE_WILLNEED));
  SAY(__wasi_fd_advise(fd, 0, 100, 9));
  SAY(__wasi_fd_sync(fd));
  SAY(__wasi_fd_datasync(fd));
}

static void times(void) {
  SAY(__wasi_fd_filestat_set_times(fd, 1000000001, 2000000002, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("%lld %lld\n", st.atim, st.mtim);
  SAY(__wasi_fd_filestat_set_times(fd, 5, 7, __WASI_FSTFLAGS_MTIM));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("%lld %lld\n", st.atim, st.mtim);
  SAY(__wasi_fd_filestat_set_times(fd, 5, 7, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
  SAY(__wasi_fd_filestat_set_times(fd, 5, 7, 16));
}

static void flags(void) {
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("type %d flags %d read %d write %d seek %d\n", fs.fs_filetype, fs.fs_flags,
         (fs.fs_rights_base & __WASI_RIGHTS_FD_READ) != 0, (fs.fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0,
         (fs.fs_rights_base & __WASI_RIGHTS_FD_SEEK) != 0);
  SAY(__wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("flags %d\n", fs.fs_flags);
  SAY(__wasi_fd_filestat_set_size(fd, 3));
  SAY(__wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
  __wasi_ciovec_t out = {(const uint8_t *)"end", 3};
  SAY(__wasi_fd_write(fd, &out, 1, &n));
  SAY(__wasi_fd_tell(fd, &at));
  printf("%d\n", (int)at);
  SAY(__wasi_fd_fdstat_set_flags(fd, 0));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("flags %d\n", fs.fs_flags);
  SAY(__wasi_fd_close(fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "data", 0, 0, READING, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK, &fd));
  SAY(__wasi_fd_fdstat_get(fd, &fs));
  printf("flags %d\n", fs.fs_flags);
  SAY(__wasi_fd_close(fd));
}

static void access_modes(void) {
  char text[8];
  __wasi_iovec_t in = {(uint8_t *)text, 3};
  __wasi_ciovec_t out = {(const uint8_t *)"x", 1};
  SAY(open_at(ROOT, "data", 0, 0, __WASI_RIGHTS_FD_READ, 0, &fd));
  SAY(__wasi_fd_write(fd, &out, 1, &n));
  SAY(__wasi_fd_read(fd, &in, 1, &n));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "data", 0, 0, __WASI_RIGHTS_FD_WRITE, 0, &fd));
  SAY(__wasi_fd_read(fd, &in, 1, &n));
  SAY(__wasi_fd_write(fd, &out, 1, &n));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "data", 0, __WASI_OFLAGS_TRUNC, ALL_FILE_RIGHTS, 0, &fd));
  SAY(__wasi_fd_filestat_get(fd, &st));
  printf("size %d\n", (int)st.size);
  SAY(__wasi_fd_close(fd));
}

static void numbers(void) {
  int a, b;
  SAY(open_at(ROOT, "a", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &a));
  SAY(open_at(ROOT, "b", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &b));
  printf("%d %d\n", a, b);
  SAY(__wasi_fd_renumber(a, b));
  SAY(__wasi_fd_tell(a, &at));
  SAY(__wasi_fd_tell(b, &at));
  SAY(__wasi_fd_renumber(b, b));
  SAY(__wasi_fd_renumber(b, 1000));
  SAY(__wasi_fd_renumber(1000, b));
  SAY(open_at(ROOT, "a", 0, 0, READING, 0, &a));
  printf("%d\n", a);
  SAY(__wasi_fd_close(a));
  SAY(__wasi_fd_close(b));
}

static void directories(void) {
  char text[8];
  __wasi_iovec_t in = {(uint8_t *)text, 3};
  __wasi_prestat_t pre;
  SAY(__wasi_path_create_directory(ROOT, "sub"));
  SAY(open_at(ROOT, "sub", 0, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &dir));
  SAY(__wasi_fd_seek(dir, 0, __WASI_WHENCE_CUR, &at));
  SAY(__wasi_fd_tell(dir, &at));
  SAY(__wasi_fd_read(dir, &in, 1, &n));
  SAY(__wasi_fd_advise(dir, 0, 0, 0));
  SAY(__wasi_fd_allocate(dir, 0, 1));
  SAY(__wasi_fd_filestat_get(dir, &st));
  printf("type %d\n", st.filetype);
  SAY(__wasi_fd_fdstat_get(dir, &fs));
  printf("type %d seek %d\n", fs.fs_filetype, (fs.fs_rights_base & __WASI_RIGHTS_FD_SEEK) != 0);
  SAY(__wasi_fd_prestat_get(dir, &pre));
  SAY(__wasi_fd_prestat_get(ROOT, &pre));
  printf("%d %d\n", pre.tag, (int)pre.u.dir.pr_name_len);
  SAY(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)text, 0));
  SAY(__wasi_fd_prestat_dir_name(ROOT, (uint8_t *)text, sizeof text));
  printf("%c\n", text[0]);
  SAY(__wasi_path_remove_directory(ROOT, "sub"));
  SAY(open_at(dir, "x", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &fd));
  SAY(__wasi_fd_close(dir));
}

int main(void) {
  reading_and_writing();
  sizes();
  times();
  flags();
  access_modes();
  numbers();
  directories();
  return 3;
}
