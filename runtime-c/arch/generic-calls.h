// Numbers of the calls in os.h, and struct stat, on the architectures that use Linux's generic ones: AArch64 and RISC-V (uapi asm-generic/unistd.h, stat.h).
#ifndef WASMAOT_ARCH_GENERIC_CALLS_H
#define WASMAOT_ARCH_GENERIC_CALLS_H

#include <stdint.h>

enum os_call_number {
  OS_CALL_dup3 = 24,
  OS_CALL_ioctl = 29,
  OS_CALL_fcntl = 25,
  OS_CALL_mkdirat = 34,
  OS_CALL_unlinkat = 35,
  OS_CALL_symlinkat = 36,
  OS_CALL_linkat = 37,
  OS_CALL_ftruncate = 46,
  OS_CALL_fallocate = 47,
  OS_CALL_openat = 56,
  OS_CALL_close = 57,
  OS_CALL_getdents64 = 61,
  OS_CALL_lseek = 62,
  OS_CALL_read = 63,
  OS_CALL_write = 64,
  OS_CALL_readv = 65,
  OS_CALL_writev = 66,
  OS_CALL_preadv = 69,
  OS_CALL_pwritev = 70,
  OS_CALL_ppoll = 73,
  OS_CALL_readlinkat = 78,
  OS_CALL_newfstatat = 79,
  OS_CALL_fstat = 80,
  OS_CALL_fsync = 82,
  OS_CALL_fdatasync = 83,
  OS_CALL_utimensat = 88,
  OS_CALL_exit_group = 94,
  OS_CALL_clock_gettime = 113,
  OS_CALL_clock_getres = 114,
  OS_CALL_clock_nanosleep = 115,
  OS_CALL_sched_yield = 124,
  OS_CALL_tgkill = 131,
  OS_CALL_sigaltstack = 132,
  OS_CALL_rt_sigaction = 134,
  OS_CALL_rt_sigprocmask = 135,
  OS_CALL_prctl = 167,
  OS_CALL_getpid = 172,
  OS_CALL_gettid = 178,
  OS_CALL_socket = 198,
  OS_CALL_bind = 200,
  OS_CALL_listen = 201,
  OS_CALL_sendmsg = 211,
  OS_CALL_recvmsg = 212,
  OS_CALL_setsockopt = 208,
  OS_CALL_getsockopt = 209,
  OS_CALL_shutdown = 210,
  OS_CALL_munmap = 215,
  OS_CALL_mmap = 222,
  OS_CALL_fadvise64 = 223,
  OS_CALL_mprotect = 226,
  OS_CALL_madvise = 233,
  OS_CALL_accept4 = 242,
  OS_CALL_renameat2 = 276,
  OS_CALL_seccomp = 277,
  OS_CALL_getrandom = 278,
  OS_CALL_openat2 = 437,
};

/// The kernel's struct stat.
typedef struct os_filestat {
  uint64_t device;  ///< as C libraries encode it
  uint64_t inode;
  uint32_t mode;
  uint32_t links;
  uint32_t owner[2];
  uint64_t device_of_node[2];
  uint64_t size;
  uint64_t blocks[2];
  os_timespec accessed;
  os_timespec modified;
  os_timespec changed;
  uint32_t spare[2];
} os_filestat;
_Static_assert(sizeof(os_filestat) == 128, "struct stat");

#endif
