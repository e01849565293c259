// The operating system as the runtime sees it: Linux system calls with typed arguments, and the few kernel structures and
// constants they need. Nothing above this file knows an architecture's call numbers or a C library.
//
// Invariants:
// - every function returns the kernel's result: >= 0, or a negated error number (-OS_ENOENT); errno does not exist;
// - structures have one layout on all targets, but for os_filestat (arch/<target>/): the call that has one, statx, takes longer;
// - two implementations of `os_call6`/`os_call3`: the system call instruction (arch/<target>/syscall.h), and with RT_OS_LIBC the host
//   C library's syscall() for the embeddable library and for tests under sanitizers.
// Numbers and layouts: Linux uapi headers.
#ifndef WASMAOT_OS_H
#define WASMAOT_OS_H

#include <stddef.h>
#include <stdint.h>
#ifdef RT_OS_LIBC
#include <string.h>
#endif

typedef struct os_timespec {
  int64_t seconds;
  int64_t nanoseconds;
} os_timespec;

#if defined(__x86_64__)
#define RT_ARCH_X86_64 1
#include "arch/x86-64/syscall.h"
#elif defined(__aarch64__)
#define RT_ARCH_AARCH64 1
#include "arch/aarch64/syscall.h"
#elif defined(__riscv) && __riscv_xlen == 64
#define RT_ARCH_RISCV64 1
#include "arch/riscv64/syscall.h"
#else
#error "wasmaot's runtime supports x86-64, aarch64 and riscv64"
#endif

// ---- Constants ----

enum os_error {
  OS_EPERM = 1, OS_ENOENT = 2, OS_ESRCH = 3, OS_EINTR = 4, OS_EIO = 5, OS_ENXIO = 6, OS_E2BIG = 7, OS_ENOEXEC = 8,
  OS_EBADF = 9, OS_ECHILD = 10, OS_EAGAIN = 11, OS_ENOMEM = 12, OS_EACCES = 13, OS_EFAULT = 14, OS_EBUSY = 16,
  OS_EEXIST = 17, OS_EXDEV = 18, OS_ENODEV = 19, OS_ENOTDIR = 20, OS_EISDIR = 21, OS_EINVAL = 22, OS_ENFILE = 23,
  OS_EMFILE = 24, OS_ENOTTY = 25, OS_ETXTBSY = 26, OS_EFBIG = 27, OS_ENOSPC = 28, OS_ESPIPE = 29, OS_EROFS = 30,
  OS_EMLINK = 31, OS_EPIPE = 32, OS_EDOM = 33, OS_ERANGE = 34, OS_EDEADLK = 35, OS_ENAMETOOLONG = 36, OS_ENOLCK = 37,
  OS_ENOSYS = 38, OS_ENOTEMPTY = 39, OS_ELOOP = 40, OS_ENOMSG = 42, OS_EIDRM = 43, OS_ENOLINK = 67, OS_EPROTO = 71,
  OS_EMULTIHOP = 72, OS_EBADMSG = 74, OS_EOVERFLOW = 75, OS_EILSEQ = 84, OS_ENOTSOCK = 88, OS_EDESTADDRREQ = 89,
  OS_EMSGSIZE = 90, OS_EPROTOTYPE = 91, OS_ENOPROTOOPT = 92, OS_EPROTONOSUPPORT = 93, OS_EOPNOTSUPP = 95,
  OS_EAFNOSUPPORT = 97, OS_EADDRINUSE = 98, OS_EADDRNOTAVAIL = 99, OS_ENETDOWN = 100, OS_ENETUNREACH = 101,
  OS_ENETRESET = 102, OS_ECONNABORTED = 103, OS_ECONNRESET = 104, OS_ENOBUFS = 105, OS_EISCONN = 106,
  OS_ENOTCONN = 107, OS_ETIMEDOUT = 110, OS_ECONNREFUSED = 111, OS_EHOSTUNREACH = 113, OS_EALREADY = 114,
  OS_EINPROGRESS = 115, OS_ESTALE = 116, OS_EDQUOT = 122, OS_ECANCELED = 125, OS_EOWNERDEAD = 130,
  OS_ENOTRECOVERABLE = 131,
};

enum { OS_PROT_NONE = 0, OS_PROT_READ = 1, OS_PROT_WRITE = 2, OS_PROT_EXEC = 4 };
enum {
  OS_MAP_PRIVATE = 2, OS_MAP_FIXED = 0x10, OS_MAP_ANONYMOUS = 0x20, OS_MAP_NORESERVE = 0x4000,
  OS_MAP_STACK = 0x20000,  ///< also: no huge pages
};
enum { OS_MADV_DONTNEED = 4 };

enum {
  OS_O_RDONLY = 0, OS_O_WRONLY = 1, OS_O_RDWR = 2, OS_O_ACCMODE = 3, OS_O_CREAT = 0x40, OS_O_EXCL = 0x80,
  OS_O_NOCTTY = 0x100, OS_O_TRUNC = 0x200, OS_O_APPEND = 0x400, OS_O_NONBLOCK = 0x800, OS_O_DSYNC = 0x1000,
  OS_O_NOATIME = 0x40000, OS_O_CLOEXEC = 0x80000, OS_O_SYNC = 0x101000, OS_O_PATH = 0x200000,
};
enum { OS_F_GETFD = 1, OS_F_SETFD = 2, OS_F_GETFL = 3, OS_F_SETFL = 4, OS_F_DUPFD_CLOEXEC = 1030 };
enum { OS_FIONREAD = 0x541b };
enum { OS_SEEK_SET = 0, OS_SEEK_CUR = 1, OS_SEEK_END = 2 };
enum {
  OS_AT_FDCWD = -100, OS_AT_SYMLINK_NOFOLLOW = 0x100, OS_AT_REMOVEDIR = 0x200, OS_AT_SYMLINK_FOLLOW = 0x400,
  OS_AT_EMPTY_PATH = 0x1000,
};
enum { OS_RENAME_NOREPLACE = 1 };
enum {
  OS_S_IFMT = 0xf000, OS_S_IFSOCK = 0xc000, OS_S_IFLNK = 0xa000, OS_S_IFREG = 0x8000, OS_S_IFBLK = 0x6000,
  OS_S_IFDIR = 0x4000, OS_S_IFCHR = 0x2000, OS_S_IFIFO = 0x1000,
};
enum {
  OS_DT_UNKNOWN = 0, OS_DT_FIFO = 1, OS_DT_CHR = 2, OS_DT_DIR = 4, OS_DT_BLK = 6, OS_DT_REG = 8, OS_DT_LNK = 10,
  OS_DT_SOCK = 12,
};
enum {
  OS_RESOLVE_NO_XDEV = 1, OS_RESOLVE_NO_MAGICLINKS = 2, OS_RESOLVE_NO_SYMLINKS = 4, OS_RESOLVE_BENEATH = 8,
  OS_RESOLVE_IN_ROOT = 16,
};
enum { OS_UTIME_NOW = 0x3fffffff, OS_UTIME_OMIT = 0x3ffffffe };
enum {
  OS_CLOCK_REALTIME = 0, OS_CLOCK_MONOTONIC = 1, OS_CLOCK_PROCESS_CPUTIME = 2, OS_CLOCK_THREAD_CPUTIME = 3,
};
enum { OS_TIMER_ABSTIME = 1 };
enum {
  OS_POLLIN = 1, OS_POLLPRI = 2, OS_POLLOUT = 4, OS_POLLERR = 8, OS_POLLHUP = 16, OS_POLLNVAL = 32,
};
enum { OS_AF_UNIX = 1, OS_AF_INET = 2, OS_AF_INET6 = 10 };
enum { OS_SOCK_STREAM = 1, OS_SOCK_DGRAM = 2, OS_SOCK_NONBLOCK = 0x800, OS_SOCK_CLOEXEC = 0x80000 };
enum { OS_SOL_SOCKET = 1, OS_SO_REUSEADDR = 2, OS_SO_TYPE = 3 };
enum { OS_MSG_PEEK = 2, OS_MSG_TRUNC = 0x20, OS_MSG_WAITALL = 0x100, OS_MSG_NOSIGNAL = 0x4000 };
enum { OS_SHUT_RD = 0, OS_SHUT_WR = 1, OS_SHUT_RDWR = 2 };
enum { OS_PR_SET_DUMPABLE = 4, OS_PR_SET_NO_NEW_PRIVS = 38 };
enum { OS_SECCOMP_SET_MODE_FILTER = 1 };
enum {
  OS_SIGILL = 4, OS_SIGTRAP = 5, OS_SIGABRT = 6, OS_SIGBUS = 7, OS_SIGFPE = 8, OS_SIGSEGV = 11, OS_SIGPIPE = 13,
};
enum { OS_SA_SIGINFO = 4, OS_SA_RESTORER = 0x04000000, OS_SA_ONSTACK = 0x08000000, OS_SA_NODEFER = 0x40000000 };
enum { OS_SIG_BLOCK = 0, OS_SIG_UNBLOCK = 1, OS_SIG_SETMASK = 2 };
enum {
  OS_AT_PHDR = 3, OS_AT_PHNUM = 5, OS_AT_PAGESZ = 6, OS_AT_HWCAP = 16, OS_AT_SECURE = 23, OS_AT_RANDOM = 25, OS_AT_HWCAP2 = 26,
  OS_AT_SYSINFO_EHDR = 33, OS_AT_MINSIGSTKSZ = 51,
};

// All of the runtime is one linked unit with the program: no symbol needs the global offset table.
#pragma GCC visibility push(hidden)

// ---- Structures ----

typedef struct os_iovec {
  void *base;
  size_t length;
} os_iovec;

/// The kernel's struct msghdr; sockets here are connected and carry no control data.
typedef struct os_message {
  void *name;
  uint32_t name_length;
  os_iovec *vectors;
  size_t vector_count;
  void *control;
  size_t control_length;
  uint32_t flags;
} os_message;

typedef struct os_pollfd {
  int32_t fd;
  int16_t events;
  int16_t revents;
} os_pollfd;

typedef struct os_open_how {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
} os_open_how;

/// One entry of os_getdents; `length` bytes in all, the name ends with a zero byte.
typedef struct os_dirent {
  uint64_t inode;
  int64_t offset;  ///< where to seek for the entry after this one
  uint16_t length;
  uint8_t type;  ///< OS_DT_*
  char name[];
} os_dirent;

typedef struct os_signal_stack {
  void *base;
  int32_t flags;
  size_t size;
} os_signal_stack;

/// The kernel's struct sigaction.
typedef struct os_sigaction {
  void *handler;  ///< void (*)(int, void *siginfo, void *ucontext); 0: the default action
  uint64_t flags;
#ifndef RT_ARCH_RISCV64
  void *restorer;
#endif
  uint64_t mask;
} os_sigaction;

// ---- The system call ----

// To the analyzer a system call is a function it knows nothing of, one that may write wherever it is pointed to.
#if defined(RT_OS_LIBC) || defined(__clang_analyzer__)
int64_t os_libc_call(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f);
#define os_call6 os_libc_call
#define os_call3(number, a, b, c) os_libc_call(number, a, b, c, 0, 0, 0)
#endif

/// The argument registers of a call take 64-bit values: pointers and sign-extended integers.
#define OS_P(pointer) ((uint64_t)(uintptr_t)(pointer))
#define OS_N(integer) ((uint64_t)(int64_t)(integer))

// ---- Memory ----

/// Anonymous private mapping. Returns the address, or a negated error number.
static inline int64_t os_map(void *address, uint64_t length, int protection, int more_flags) {
  return os_call6(OS_CALL_mmap, OS_P(address), length, OS_N(protection),
                  OS_N(OS_MAP_PRIVATE | OS_MAP_ANONYMOUS | more_flags), OS_N(-1), 0);
}
static inline int64_t os_unmap(void *address, uint64_t length) {
  return os_call3(OS_CALL_munmap, OS_P(address), length, 0);
}
static inline int64_t os_protect(void *address, uint64_t length, int protection) {
  return os_call3(OS_CALL_mprotect, OS_P(address), length, OS_N(protection));
}
static inline int64_t os_advise(void *address, uint64_t length, int advice) {
  return os_call3(OS_CALL_madvise, OS_P(address), length, OS_N(advice));
}

// ---- Files ----

static inline int64_t os_open(int dir, const char *path, int flags, uint32_t mode) {
  return os_call6(OS_CALL_openat, OS_N(dir), OS_P(path), OS_N(flags), mode, 0, 0);
}
/// -OS_ENOSYS before Linux 5.6 and under qemu-user 7.2.
static inline int64_t os_open2(int dir, const char *path, const os_open_how *how) {
  return os_call6(OS_CALL_openat2, OS_N(dir), OS_P(path), OS_P(how), sizeof *how, 0, 0);
}
static inline int64_t os_close(int fd) { return os_call3(OS_CALL_close, OS_N(fd), 0, 0); }
static inline int64_t os_read(int fd, void *buffer, size_t length) {
  return os_call3(OS_CALL_read, OS_N(fd), OS_P(buffer), length);
}
static inline int64_t os_write(int fd, const void *buffer, size_t length) {
  return os_call3(OS_CALL_write, OS_N(fd), OS_P(buffer), length);
}
static inline int64_t os_readv(int fd, const os_iovec *vector, uint32_t count) {
  return os_call3(OS_CALL_readv, OS_N(fd), OS_P(vector), count);
}
static inline int64_t os_writev(int fd, const os_iovec *vector, uint32_t count) {
  return os_call3(OS_CALL_writev, OS_N(fd), OS_P(vector), count);
}
static inline int64_t os_preadv(int fd, const os_iovec *vector, uint32_t count, uint64_t offset) {
  return os_call6(OS_CALL_preadv, OS_N(fd), OS_P(vector), count, offset, 0, 0);
}
static inline int64_t os_pwritev(int fd, const os_iovec *vector, uint32_t count, uint64_t offset) {
  return os_call6(OS_CALL_pwritev, OS_N(fd), OS_P(vector), count, offset, 0, 0);
}
static inline int64_t os_seek(int fd, int64_t offset, int whence) {
  return os_call3(OS_CALL_lseek, OS_N(fd), OS_N(offset), OS_N(whence));
}
static inline int64_t os_stat(int dir, const char *path, int flags, os_filestat *out) {
  return os_call6(OS_CALL_newfstatat, OS_N(dir), OS_P(path), OS_P(out), OS_N(flags), 0, 0);
}
static inline int64_t os_stat_fd(int fd, os_filestat *out) { return os_call3(OS_CALL_fstat, OS_N(fd), OS_P(out), 0); }
/// Bytes of os_dirent entries; 0 at the end.
static inline int64_t os_getdents(int fd, void *buffer, size_t length) {
  return os_call3(OS_CALL_getdents64, OS_N(fd), OS_P(buffer), length);
}
static inline int64_t os_mkdir(int dir, const char *path, uint32_t mode) {
  return os_call3(OS_CALL_mkdirat, OS_N(dir), OS_P(path), mode);
}
static inline int64_t os_unlink(int dir, const char *path, int flags) {
  return os_call3(OS_CALL_unlinkat, OS_N(dir), OS_P(path), OS_N(flags));
}
static inline int64_t os_rename(int old_dir, const char *old_path, int new_dir, const char *new_path, uint32_t flags) {
  return os_call6(OS_CALL_renameat2, OS_N(old_dir), OS_P(old_path), OS_N(new_dir), OS_P(new_path), flags, 0);
}
static inline int64_t os_link(int old_dir, const char *old_path, int new_dir, const char *new_path, int flags) {
  return os_call6(OS_CALL_linkat, OS_N(old_dir), OS_P(old_path), OS_N(new_dir), OS_P(new_path), OS_N(flags), 0);
}
static inline int64_t os_symlink(const char *target, int dir, const char *path) {
  return os_call3(OS_CALL_symlinkat, OS_P(target), OS_N(dir), OS_P(path));
}
/// Bytes written; the text is not ended by a zero byte.
static inline int64_t os_readlink(int dir, const char *path, char *buffer, size_t length) {
  return os_call6(OS_CALL_readlinkat, OS_N(dir), OS_P(path), OS_P(buffer), length, 0, 0);
}
static inline int64_t os_truncate(int fd, uint64_t length) { return os_call3(OS_CALL_ftruncate, OS_N(fd), length, 0); }
static inline int64_t os_allocate(int fd, int mode, uint64_t offset, uint64_t length) {
  return os_call6(OS_CALL_fallocate, OS_N(fd), OS_N(mode), offset, length, 0, 0);
}
static inline int64_t os_fadvise(int fd, uint64_t offset, uint64_t length, int advice) {
  return os_call6(OS_CALL_fadvise64, OS_N(fd), offset, length, OS_N(advice), 0, 0);
}
static inline int64_t os_sync(int fd) { return os_call3(OS_CALL_fsync, OS_N(fd), 0, 0); }
static inline int64_t os_datasync(int fd) { return os_call3(OS_CALL_fdatasync, OS_N(fd), 0, 0); }
/// times[0] accessed, times[1] modified; OS_UTIME_NOW, OS_UTIME_OMIT. `path` 0: of the open file `dir`.
static inline int64_t os_utimes(int dir, const char *path, const os_timespec times[2], int flags) {
  return os_call6(OS_CALL_utimensat, OS_N(dir), OS_P(path), OS_P(times), OS_N(flags), 0, 0);
}
static inline int64_t os_fcntl(int fd, int command, uint64_t argument) {
  return os_call3(OS_CALL_fcntl, OS_N(fd), OS_N(command), argument);
}
static inline int64_t os_ioctl(int fd, uint32_t request, void *argument) {
  return os_call3(OS_CALL_ioctl, OS_N(fd), request, OS_P(argument));
}
static inline int64_t os_dup3(int old_fd, int new_fd, int flags) {
  return os_call3(OS_CALL_dup3, OS_N(old_fd), OS_N(new_fd), OS_N(flags));
}
/// `timeout` 0: wait without end. The kernel writes the time left into it.
static inline int64_t os_poll(os_pollfd *list, uint64_t count, os_timespec *timeout) {
  return os_call6(OS_CALL_ppoll, OS_P(list), count, OS_P(timeout), 0, 8, 0);
}

// ---- Sockets ----

static inline int64_t os_socket(int family, int type, int protocol) {
  return os_call3(OS_CALL_socket, OS_N(family), OS_N(type), OS_N(protocol));
}
static inline int64_t os_bind(int fd, const void *address, uint32_t length) {
  return os_call3(OS_CALL_bind, OS_N(fd), OS_P(address), length);
}
static inline int64_t os_listen(int fd, int backlog) { return os_call3(OS_CALL_listen, OS_N(fd), OS_N(backlog), 0); }
static inline int64_t os_accept(int fd, int flags) {
  return os_call6(OS_CALL_accept4, OS_N(fd), 0, 0, OS_N(flags), 0, 0);
}
static inline int64_t os_shutdown(int fd, int how) { return os_call3(OS_CALL_shutdown, OS_N(fd), OS_N(how), 0); }
static inline int64_t os_send(int fd, const os_message *message, int flags) {
  return os_call3(OS_CALL_sendmsg, OS_N(fd), OS_P(message), OS_N(flags));
}
/// message->flags: OS_MSG_TRUNC when a datagram was longer than the buffers.
static inline int64_t os_receive(int fd, os_message *message, int flags) {
  return os_call3(OS_CALL_recvmsg, OS_N(fd), OS_P(message), OS_N(flags));
}
static inline int64_t os_setsockopt(int fd, int level, int option, const void *value, uint32_t length) {
  return os_call6(OS_CALL_setsockopt, OS_N(fd), OS_N(level), OS_N(option), OS_P(value), length, 0);
}
static inline int64_t os_getsockopt(int fd, int level, int option, void *value, uint32_t *length) {
  return os_call6(OS_CALL_getsockopt, OS_N(fd), OS_N(level), OS_N(option), OS_P(value), OS_P(length), 0);
}

// ---- Time, chance, process ----

/// Tells os_clock where the vDSO is (OS_AT_SYSINFO_EHDR; 0: there is none).
void os_clock_init(const void *vdso);
/// Reads a clock; 0 or a negated error number. At first a function that looks for the vDSO's, which it then is, or one that asks the system (vdso.c).
extern int (*os_clock_function)(int clock, os_timespec *out);
/// Nanoseconds of a clock (OS_CLOCK_*), through the vDSO where there is one. Returns 0 or a negated error number.
static inline int os_clock(uint32_t clock, uint64_t *nanoseconds) {
  os_timespec time;
  int result = os_clock_function((int)clock, &time);
  if (result < 0) return result;
  *nanoseconds = (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
  return 0;
}
static inline int64_t os_clock_resolution(uint32_t clock, os_timespec *out) {
  return os_call3(OS_CALL_clock_getres, clock, OS_P(out), 0);
}
/// `flags`: 0 or OS_TIMER_ABSTIME. `left` may be 0.
static inline int64_t os_sleep(uint32_t clock, int flags, const os_timespec *time, os_timespec *left) {
  return os_call6(OS_CALL_clock_nanosleep, clock, OS_N(flags), OS_P(time), OS_P(left), 0, 0);
}
static inline int64_t os_random(void *buffer, size_t length) {
  return os_call3(OS_CALL_getrandom, OS_P(buffer), length, 0);
}
static inline int64_t os_yield(void) { return os_call3(OS_CALL_sched_yield, 0, 0, 0); }
static inline _Noreturn void os_exit(int status) {
  for (;;) os_call3(OS_CALL_exit_group, OS_N(status), 0, 0);
}
/// Sends a signal to the calling thread.
static inline int64_t os_raise(int signal) {
  int64_t process = os_call3(OS_CALL_getpid, 0, 0, 0);
  int64_t thread = os_call3(OS_CALL_gettid, 0, 0, 0);
  return os_call3(OS_CALL_tgkill, (uint64_t)process, (uint64_t)thread, OS_N(signal));
}
/// `action` and `old` may be 0. x86-64 needs OS_SA_RESTORER.
static inline int64_t os_signal_action(int signal, const os_sigaction *action, os_sigaction *old) {
  return os_call6(OS_CALL_rt_sigaction, OS_N(signal), OS_P(action), OS_P(old), 8, 0, 0);
}
static inline int64_t os_signal_mask(int how, const uint64_t *set, uint64_t *old) {
  return os_call6(OS_CALL_rt_sigprocmask, OS_N(how), OS_P(set), OS_P(old), 8, 0, 0);
}
static inline int64_t os_signal_stack_set(const os_signal_stack *stack, os_signal_stack *old) {
  return os_call3(OS_CALL_sigaltstack, OS_P(stack), OS_P(old), 0);
}
static inline int64_t os_prctl(int option, uint64_t a, uint64_t b) {
  return os_call6(OS_CALL_prctl, OS_N(option), a, b, 0, 0, 0);
}
/// Installs a seccomp filter (struct sock_fprog).
static inline int64_t os_seccomp(uint32_t operation, uint32_t flags, const void *program) {
  return os_call3(OS_CALL_seccomp, operation, flags, OS_P(program));
}

// ---- Memory and strings: the compiler may call the first four by itself ----

#ifndef RT_OS_LIBC
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t length);
#endif

#pragma GCC visibility pop

#endif
