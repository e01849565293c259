// fd_readdir: order and inodes of the dots, cookies, small buffers, many entries, entries that come and go.
#include "wasi.h"

enum { MANY = 300 };
static uint8_t buffer[4096];

typedef struct entry {
  __wasi_dirent_t d;
  char name[64];
} entry;
static entry entries[MANY + 50];

/// All entries from `cookie` on, through buffers of `size` bytes.
static int list(int dir, __wasi_dircookie_t cookie, size_t size) {
  int count = 0;
  for (;;) {
    size_t used = 0, at = 0;
    unsigned error = __wasi_fd_readdir(dir, buffer, size, cookie, &used);
    if (error != 0) {
      printf("fd_readdir: %s\n", errno_names[error]);
      return -1;
    }
    while (used - at >= sizeof(__wasi_dirent_t)) {
      entry *e = &entries[count];
      memcpy(&e->d, buffer + at, sizeof e->d);
      if (used - at - sizeof e->d < e->d.d_namlen) break;
      memcpy(e->name, buffer + at + sizeof e->d, e->d.d_namlen);
      e->name[e->d.d_namlen] = 0;
      at += sizeof e->d + e->d.d_namlen;
      cookie = e->d.d_next;
      count++;
    }
    if (used < size) return count;
  }
}

static int by_name(const void *a, const void *b) { return strcmp(((const entry *)a)->name, ((const entry *)b)->name); }

static void show(int count) {
  qsort(entries, count, sizeof entries[0], by_name);
  for (int i = 0; i < count; i++) printf("%s %d\n", entries[i].name, entries[i].d.d_type);
}

int main(void) {
  int dir;
  __wasi_filestat_t st;
  char name[32];
  __wasi_path_create_directory(ROOT, "dir");
  SAY(open_at(ROOT, "dir", 0, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &dir));
  int count = list(dir, 0, sizeof buffer);
  printf("%d\n", count);
  __wasi_fd_filestat_get(dir, &st);
  printf("dots first %d, inode %d\n", !strcmp(entries[0].name, ".") && !strcmp(entries[1].name, ".."), entries[0].d.d_ino == st.ino);
  make_file("dir/file", "x");
  __wasi_path_create_directory(ROOT, "dir/sub");
  __wasi_path_symlink("file", ROOT, "dir/link");
  show(list(dir, 0, sizeof buffer));
  // From each cookie on: one entry less.
  int all = list(dir, 0, sizeof buffer);
  __wasi_dircookie_t cookies[8];
  for (int i = 0; i < all; i++) cookies[i] = entries[i].d.d_next;
  for (int i = 0; i < all; i++) printf("from %d: %d\n", i, list(dir, cookies[i], sizeof buffer));
  __wasi_path_filestat_get(ROOT, 0, "dir/file", &st);
  all = list(dir, 0, sizeof buffer);
  for (int i = 0; i < all; i++)
    if (!strcmp(entries[i].name, "file")) printf("inode %d\n", entries[i].d.d_ino == st.ino);
  for (int i = 0; i < MANY; i++) {
    snprintf(name, sizeof name, "dir/sub/file-%03d", i);
    make_file(name, "");
  }
  int sub;
  SAY(open_at(ROOT, "dir/sub", 0, __WASI_OFLAGS_DIRECTORY, DIRECTORY_RIGHTS, 0, &sub));
  const size_t sizes[] = {64, 100, 256, 1000, 4096};
  for (int i = 0; i < 5; i++) {
    count = list(sub, 0, sizes[i]);
    qsort(entries, count, sizeof entries[0], by_name);
    int distinct = 1;
    for (int k = 1; k < count; k++) distinct += strcmp(entries[k].name, entries[k - 1].name) != 0;
    printf("%d entries, %d distinct\n", count, distinct);
  }
  size_t used = 99;
  SAY(__wasi_fd_readdir(sub, buffer, 0, 0, &used));
  printf("%d\n", (int)used);
  SAY(__wasi_fd_readdir(sub, buffer, 10, 0, &used));
  printf("%d\n", (int)used);
  // Removing while reading.
  count = list(sub, 0, 256);
  __wasi_dircookie_t middle = entries[100].d.d_next;
  __wasi_path_unlink_file(sub, entries[150].name);
  __wasi_path_unlink_file(sub, entries[50].name);
  printf("rest %d\n", list(sub, middle, 256) == count - 102);
  printf("behind the end %d\n", list(sub, (__wasi_dircookie_t)-2, 256));
  SAY(__wasi_fd_readdir(1, buffer, sizeof buffer, 0, &used));
  return 0;
}
