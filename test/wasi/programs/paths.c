// Path functions in the ordinary case and at their edges: trailing slashes, links, dots, absolute paths, wrong kinds of file.
#include "wasi.h"

static int fd;
static __wasi_filestat_t st;

static void opening(void) {
  SAY(open_at(ROOT, "missing", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "file", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "file", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, READING, 0, &fd));
  SAY(open_at(ROOT, "file", 0, __WASI_OFLAGS_DIRECTORY, READING, 0, &fd));
  SAY(open_at(ROOT, "file/", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "file/x", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "dir/../file", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "./dir//nested/.//file", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "dir/nested///", 0, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "dir", 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, ALL_FILE_RIGHTS, 0, &fd));
  SAY(open_at(ROOT, "", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, ".", 0, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(99, "file", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "loop", FOLLOW, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "loop", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "dangling", FOLLOW, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "dangling", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "link", 0, 0, READING, 0, &fd));
  SAY(open_at(ROOT, "link", FOLLOW, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "dirlink", FOLLOW, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &fd));
  SAY(__wasi_fd_close(fd));
  SAY(open_at(ROOT, "dirlink/nested/file", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(fd));
  int file = -1;
  SAY(open_at(ROOT, "file", 0, 0, READING | DIRECTORY_RIGHTS, 0, &file));
  SAY(open_at(file, "x", 0, 0, READING, 0, &fd));
  SAY(__wasi_fd_close(file));
}

static void making(void) {
  SAY(__wasi_path_create_directory(ROOT, "new"));
  SAY(__wasi_path_create_directory(ROOT, "new"));
  SAY(__wasi_path_create_directory(ROOT, "new/sub/"));
  SAY(__wasi_path_create_directory(ROOT, "absent/sub"));
  SAY(__wasi_path_create_directory(ROOT, "file/sub"));
  SAY(__wasi_path_remove_directory(ROOT, "new"));
  SAY(__wasi_path_remove_directory(ROOT, "new/sub/"));
  SAY(__wasi_path_remove_directory(ROOT, "new"));
  SAY(__wasi_path_remove_directory(ROOT, "new"));
  SAY(__wasi_path_remove_directory(ROOT, "file"));
  SAY(__wasi_path_remove_directory(ROOT, "file/"));
  SAY(__wasi_path_unlink_file(ROOT, "dir"));
  SAY(__wasi_path_unlink_file(ROOT, "dir/"));
  SAY(__wasi_path_unlink_file(ROOT, "file/"));
  SAY(__wasi_path_unlink_file(ROOT, "missing"));
  make_file("gone", "x");
  SAY(__wasi_path_unlink_file(ROOT, "gone"));
}

static void renaming(void) {
  make_file("a", "a");
  make_file("b", "b");
  SAY(__wasi_path_rename(ROOT, "a", ROOT, "b"));
  SAY(__wasi_path_rename(ROOT, "a", ROOT, "c"));
  SAY(__wasi_path_rename(ROOT, "b", ROOT, "dir"));
  SAY(__wasi_path_rename(ROOT, "dir", ROOT, "b"));
  SAY(__wasi_path_rename(ROOT, "b/", ROOT, "c"));
  SAY(__wasi_path_rename(ROOT, "b", ROOT, "c/"));
  SAY(__wasi_path_create_directory(ROOT, "empty"));
  SAY(__wasi_path_rename(ROOT, "empty/", ROOT, "empty2/"));
  SAY(__wasi_path_rename(ROOT, "empty2", ROOT, "dir"));
  SAY(__wasi_path_rename(ROOT, "dir", ROOT, "dir/inside"));
  SAY(__wasi_path_remove_directory(ROOT, "empty2"));
  SAY(__wasi_path_unlink_file(ROOT, "b"));
}

static void linking(void) {
  char text[16] = "";
  size_t used = 0;
  SAY(__wasi_path_link(ROOT, 0, "file", ROOT, "hard"));
  SAY(__wasi_path_link(ROOT, 0, "file", ROOT, "hard"));
  SAY(__wasi_path_link(ROOT, 0, "missing", ROOT, "hard2"));
  SAY(__wasi_path_link(ROOT, 0, "file", ROOT, "hard2/"));
  SAY(__wasi_path_link(ROOT, 0, "file/", ROOT, "hard2"));
  SAY(__wasi_path_filestat_get(ROOT, 0, "hard", &st));
  printf("links %d\n", (int)st.nlink);
  SAY(__wasi_path_unlink_file(ROOT, "hard"));
  SAY(__wasi_path_symlink("file", ROOT, "soft"));
  SAY(__wasi_path_symlink("file", ROOT, "soft"));
  SAY(__wasi_path_symlink("file", ROOT, "soft2/"));
  SAY(__wasi_path_readlink(ROOT, "soft", (uint8_t *)text, sizeof text, &used));
  printf("%d %s\n", (int)used, text);
  SAY(__wasi_path_readlink(ROOT, "soft", (uint8_t *)text, 2, &used));
  printf("%d\n", (int)used);
  SAY(__wasi_path_readlink(ROOT, "file", (uint8_t *)text, sizeof text, &used));
  SAY(__wasi_path_readlink(ROOT, "missing", (uint8_t *)text, sizeof text, &used));
  SAY(__wasi_path_unlink_file(ROOT, "soft"));
}

static void metadata(void) {
  SAY(__wasi_path_filestat_get(ROOT, 0, "file", &st));
  printf("type %d size %d links %d\n", st.filetype, (int)st.size, (int)st.nlink);
  SAY(__wasi_path_filestat_get(ROOT, 0, "dir", &st));
  printf("type %d\n", st.filetype);
  SAY(__wasi_path_filestat_get(ROOT, 0, "link", &st));
  printf("type %d\n", st.filetype);
  SAY(__wasi_path_filestat_get(ROOT, FOLLOW, "link", &st));
  printf("type %d\n", st.filetype);
  SAY(__wasi_path_filestat_get(ROOT, FOLLOW, "dangling", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "dangling", &st));
  SAY(__wasi_path_filestat_get(ROOT, 0, "missing", &st));
  SAY(__wasi_path_filestat_set_times(ROOT, 0, "file", 5000000000, 7000000001, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM));
  SAY(__wasi_path_filestat_get(ROOT, 0, "file", &st));
  printf("%lld %lld\n", st.atim, st.mtim);
  SAY(__wasi_path_filestat_set_times(ROOT, 0, "file", 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
  SAY(__wasi_path_filestat_set_times(ROOT, 0, "missing", 0, 0, __WASI_FSTFLAGS_MTIM_NOW));
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  make_file("file", "hello");
  SAY(__wasi_path_create_directory(ROOT, "dir"));
  SAY(__wasi_path_create_directory(ROOT, "dir/nested"));
  make_file("dir/nested/file", "nested");
  SAY(__wasi_path_symlink("loop", ROOT, "loop"));
  SAY(__wasi_path_symlink("nowhere", ROOT, "dangling"));
  SAY(__wasi_path_symlink("file", ROOT, "link"));
  SAY(__wasi_path_symlink("dir", ROOT, "dirlink"));
  opening();
  making();
  renaming();
  linking();
  metadata();
  return 0;
}
