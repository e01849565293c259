// For the test programs: the calls of WASI preview 1 by name, and a report of what each returned.
#ifndef TEST_WASI_H
#define TEST_WASI_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

#define PATH(text) text
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW

/// Prints "what: errno name".
static const char *const errno_names[] = {
    "ok", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG", "BUSY",
    "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT", "EXIST",
    "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN", "ISDIR", "LOOP",
    "MFILE", "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN", "NETRESET", "NETUNREACH", "NFILE", "NOBUFS",
    "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM", "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS", "NOTCONN",
    "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK", "NOTSUP", "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD", "PERM",
    "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE", "RANGE", "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT", "TXTBSY",
    "XDEV", "NOTCAPABLE",
};
#define SAY(call)                                                  \
  do {                                                             \
    unsigned said = (call);                                        \
    printf("%s: %s\n", #call, errno_names[said]);                  \
  } while (0)

#define ALL_FILE_RIGHTS                                                                                         \
  (__WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | \
   __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_TELL | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_ADVISE |             \
   __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE |               \
   __WASI_RIGHTS_FD_FILESTAT_SET_TIMES | __WASI_RIGHTS_POLL_FD_READWRITE)
#define READING (ALL_FILE_RIGHTS & ~(__WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_DATASYNC))
#define DIRECTORY_RIGHTS                                                                                            \
  (__WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_FD_READDIR | __WASI_RIGHTS_PATH_CREATE_FILE | __WASI_RIGHTS_PATH_FILESTAT_GET | \
   __WASI_RIGHTS_PATH_READLINK | __WASI_RIGHTS_PATH_UNLINK_FILE | __WASI_RIGHTS_FD_FILESTAT_GET)

/// The first preopened directory.
enum { ROOT = 3 };

static inline unsigned open_at(int dir, const char *path, int lookup, int oflags, __wasi_rights_t rights, int fdflags, int *fd) {
  __wasi_fd_t opened = 0;
  unsigned error = __wasi_path_open(dir, lookup, path, oflags, rights, rights, fdflags, &opened);
  if (error == 0) *fd = (int)opened;
  return error;
}

/// Makes a file with the given text, or fails the program.
static inline void make_file(const char *path, const char *text) {
  int fd = -1;
  size_t n;
  __wasi_ciovec_t v = {(const uint8_t *)text, strlen(text)};
  if (open_at(ROOT, path, 0, __WASI_OFLAGS_CREAT | __WASI_OFLAGS_TRUNC, ALL_FILE_RIGHTS, 0, &fd) != 0 ||
      __wasi_fd_write(fd, &v, 1, &n) != 0 || __wasi_fd_close(fd) != 0)
    printf("make_file(%s) failed\n", path), exit(1);
}

#endif
