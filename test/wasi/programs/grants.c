// What a program was given: arguments, environment, directories and what may be done in them, how many files it may open.
#include "wasi.h"

int main(int argc, char **argv) {
  extern char **environ;
  printf("arg0 %s\n", argv[0]);
  for (char **e = environ; *e != 0; e++) printf("env %s\n", *e);
  __wasi_prestat_t pre;
  int fd;
  for (int dir = 3; __wasi_fd_prestat_get(dir, &pre) == 0; dir++) {
    char name[64] = "";
    __wasi_fd_prestat_dir_name(dir, (uint8_t *)name, pre.u.dir.pr_name_len);
    printf("%s: read %s, write %s\n", name, errno_names[open_at(dir, "old", 0, 0, READING, 0, &fd)],
           errno_names[open_at(dir, "new", 0, __WASI_OFLAGS_CREAT, ALL_FILE_RIGHTS, 0, &fd)]);
  }
  if (argc > 1) {
    unsigned error, count = 0;
    while ((error = open_at(ROOT, "old", 0, 0, READING, 0, &fd)) == 0) count++;
    printf("%u more files, then %s\n", count, errno_names[error]);
  }
  return 0;
}
