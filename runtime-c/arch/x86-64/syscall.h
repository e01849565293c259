// x86-64 Linux: the system call instruction and the numbers of the calls in os.h (Linux uapi, asm/unistd_64.h).
#ifndef WASMAOT_ARCH_SYSCALL_H
#define WASMAOT_ARCH_SYSCALL_H

#include <stdint.h>

static inline int64_t os_call6(int64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
  register uint64_t r10 __asm__("r10") = d;
  register uint64_t r8 __asm__("r8") = e;
  register uint64_t r9 __asm__("r9") = f;
  int64_t result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline int64_t os_call3(int64_t number, uint64_t a, uint64_t b, uint64_t c) {
  int64_t result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

enum os_call_number {
  OS_CALL_mmap = 9,
  OS_CALL_mprotect = 10,
  OS_CALL_munmap = 11,
  OS_CALL_rt_sigaction = 13,
  OS_CALL_rt_sigprocmask = 14,
  OS_CALL_lseek = 8,
  OS_CALL_close = 3,
  OS_CALL_fstat = 5,
  OS_CALL_read = 0,
  OS_CALL_write = 1,
  OS_CALL_readv = 19,
  OS_CALL_writev = 20,
  OS_CALL_sched_yield = 24,
  OS_CALL_madvise = 28,
  OS_CALL_getpid = 39,
  OS_CALL_socket = 41,
  OS_CALL_sendmsg = 46,
  OS_CALL_recvmsg = 47,
  OS_CALL_shutdown = 48,
  OS_CALL_bind = 49,
  OS_CALL_listen = 50,
  OS_CALL_getsockopt = 55,
  OS_CALL_setsockopt = 54,
  OS_CALL_ioctl = 16,
  OS_CALL_fcntl = 72,
  OS_CALL_fsync = 74,
  OS_CALL_fdatasync = 75,
  OS_CALL_ftruncate = 77,
  OS_CALL_sigaltstack = 131,
  OS_CALL_prctl = 157,
  OS_CALL_arch_prctl = 158,
  OS_CALL_gettid = 186,
  OS_CALL_getdents64 = 217,
  OS_CALL_fadvise64 = 221,
  OS_CALL_clock_gettime = 228,
  OS_CALL_clock_getres = 229,
  OS_CALL_clock_nanosleep = 230,
  OS_CALL_exit_group = 231,
  OS_CALL_tgkill = 234,
  OS_CALL_openat = 257,
  OS_CALL_mkdirat = 258,
  OS_CALL_newfstatat = 262,
  OS_CALL_unlinkat = 263,
  OS_CALL_linkat = 265,
  OS_CALL_symlinkat = 266,
  OS_CALL_readlinkat = 267,
  OS_CALL_ppoll = 271,
  OS_CALL_utimensat = 280,
  OS_CALL_fallocate = 285,
  OS_CALL_accept4 = 288,
  OS_CALL_dup3 = 292,
  OS_CALL_preadv = 295,
  OS_CALL_pwritev = 296,
  OS_CALL_renameat2 = 316,
  OS_CALL_seccomp = 317,
  OS_CALL_getrandom = 318,
  OS_CALL_openat2 = 437,
};

/// open flags whose value differs between architectures (asm/fcntl.h).
enum {
  OS_O_DIRECTORY = 0x10000,
  OS_O_NOFOLLOW = 0x20000,
};

/// The kernel's struct stat (asm/stat.h).
typedef struct os_filestat {
  uint64_t device;  ///< as C libraries encode it
  uint64_t inode;
  uint64_t links;
  uint32_t mode;
  uint32_t owner[3];
  uint64_t device_of_node;
  uint64_t size;
  uint64_t blocks[2];
  os_timespec accessed;
  os_timespec modified;
  os_timespec changed;
  uint64_t spare[3];
} os_filestat;
_Static_assert(sizeof(os_filestat) == 144, "struct stat");

#endif
