// What the files of WASI preview 1 share: its numbers, guest memory, the state of the process, descriptors.
//
// Invariants:
// - a guest pointer is used only through wasi_at, which checks it once in 64-bit arithmetic; what the guest could change meanwhile is copied first;
// - a host descriptor is never shown to the guest: it holds places in the table of fd-table.c;
// - functions that return u32 return a WASI errno; those that return i64 a result of os.h (>= 0, or a negated error number of Linux).
// Numbers: WASI snapshot_preview1 (github.com/WebAssembly/WASI, legacy/preview1).
#ifndef WASMAOT_WASI_H
#define WASMAOT_WASI_H

#include "../os.h"
#include "../rt.h"

#pragma GCC visibility push(hidden)

// ---- Numbers ----

enum wasi_errno {
  WASI_SUCCESS = 0, WASI_E2BIG = 1, WASI_EACCES = 2, WASI_EADDRINUSE = 3, WASI_EADDRNOTAVAIL = 4,
  WASI_EAFNOSUPPORT = 5, WASI_EAGAIN = 6, WASI_EALREADY = 7, WASI_EBADF = 8, WASI_EBADMSG = 9, WASI_EBUSY = 10,
  WASI_ECANCELED = 11, WASI_ECHILD = 12, WASI_ECONNABORTED = 13, WASI_ECONNREFUSED = 14, WASI_ECONNRESET = 15,
  WASI_EDEADLK = 16, WASI_EDESTADDRREQ = 17, WASI_EDOM = 18, WASI_EDQUOT = 19, WASI_EEXIST = 20, WASI_EFAULT = 21,
  WASI_EFBIG = 22, WASI_EHOSTUNREACH = 23, WASI_EIDRM = 24, WASI_EILSEQ = 25, WASI_EINPROGRESS = 26, WASI_EINTR = 27,
  WASI_EINVAL = 28, WASI_EIO = 29, WASI_EISCONN = 30, WASI_EISDIR = 31, WASI_ELOOP = 32, WASI_EMFILE = 33,
  WASI_EMLINK = 34, WASI_EMSGSIZE = 35, WASI_EMULTIHOP = 36, WASI_ENAMETOOLONG = 37, WASI_ENETDOWN = 38,
  WASI_ENETRESET = 39, WASI_ENETUNREACH = 40, WASI_ENFILE = 41, WASI_ENOBUFS = 42, WASI_ENODEV = 43, WASI_ENOENT = 44,
  WASI_ENOEXEC = 45, WASI_ENOLCK = 46, WASI_ENOLINK = 47, WASI_ENOMEM = 48, WASI_ENOMSG = 49, WASI_ENOPROTOOPT = 50,
  WASI_ENOSPC = 51, WASI_ENOSYS = 52, WASI_ENOTCONN = 53, WASI_ENOTDIR = 54, WASI_ENOTEMPTY = 55,
  WASI_ENOTRECOVERABLE = 56, WASI_ENOTSOCK = 57, WASI_ENOTSUP = 58, WASI_ENOTTY = 59, WASI_ENXIO = 60,
  WASI_EOVERFLOW = 61, WASI_EOWNERDEAD = 62, WASI_EPERM = 63, WASI_EPIPE = 64, WASI_EPROTO = 65,
  WASI_EPROTONOSUPPORT = 66, WASI_EPROTOTYPE = 67, WASI_ERANGE = 68, WASI_EROFS = 69, WASI_ESPIPE = 70,
  WASI_ESRCH = 71, WASI_ESTALE = 72, WASI_ETIMEDOUT = 73, WASI_ETXTBSY = 74, WASI_EXDEV = 75, WASI_ENOTCAPABLE = 76,
};

enum wasi_filetype {
  WASI_TYPE_UNKNOWN = 0, WASI_TYPE_BLOCK = 1, WASI_TYPE_CHARACTER = 2, WASI_TYPE_DIRECTORY = 3, WASI_TYPE_REGULAR = 4,
  WASI_TYPE_SOCKET_DGRAM = 5, WASI_TYPE_SOCKET_STREAM = 6, WASI_TYPE_SYMLINK = 7,
  WASI_TYPE_UNASKED = 255,  ///< ours: the system has not been asked yet
};

enum wasi_fdflags {
  WASI_FD_APPEND = 1, WASI_FD_DSYNC = 2, WASI_FD_NONBLOCK = 4, WASI_FD_RSYNC = 8, WASI_FD_SYNC = 16, WASI_FD_ALL = 31,
};
enum wasi_oflags { WASI_O_CREAT = 1, WASI_O_DIRECTORY = 2, WASI_O_EXCL = 4, WASI_O_TRUNC = 8, WASI_O_ALL = 15 };
enum wasi_lookupflags { WASI_LOOKUP_FOLLOW = 1 };
enum wasi_fstflags { WASI_FST_ATIM = 1, WASI_FST_ATIM_NOW = 2, WASI_FST_MTIM = 4, WASI_FST_MTIM_NOW = 8, WASI_FST_ALL = 15 };
enum wasi_whence { WASI_WHENCE_SET = 0, WASI_WHENCE_CUR = 1, WASI_WHENCE_END = 2 };
enum wasi_clock { WASI_CLOCK_REALTIME = 0, WASI_CLOCK_MONOTONIC = 1, WASI_CLOCK_PROCESS = 2, WASI_CLOCK_THREAD = 3 };

#define WASI_RIGHT(bit) (1ull << (bit))
#define WASI_R_DATASYNC WASI_RIGHT(0)
#define WASI_R_READ WASI_RIGHT(1)
#define WASI_R_SEEK WASI_RIGHT(2)
#define WASI_R_SET_FLAGS WASI_RIGHT(3)
#define WASI_R_SYNC WASI_RIGHT(4)
#define WASI_R_TELL WASI_RIGHT(5)
#define WASI_R_WRITE WASI_RIGHT(6)
#define WASI_R_ADVISE WASI_RIGHT(7)
#define WASI_R_ALLOCATE WASI_RIGHT(8)
#define WASI_R_CREATE_DIRECTORY WASI_RIGHT(9)
#define WASI_R_CREATE_FILE WASI_RIGHT(10)
#define WASI_R_LINK_SOURCE WASI_RIGHT(11)
#define WASI_R_LINK_TARGET WASI_RIGHT(12)
#define WASI_R_OPEN WASI_RIGHT(13)
#define WASI_R_READDIR WASI_RIGHT(14)
#define WASI_R_READLINK WASI_RIGHT(15)
#define WASI_R_RENAME_SOURCE WASI_RIGHT(16)
#define WASI_R_RENAME_TARGET WASI_RIGHT(17)
#define WASI_R_PATH_FILESTAT_GET WASI_RIGHT(18)
#define WASI_R_PATH_SET_SIZE WASI_RIGHT(19)
#define WASI_R_PATH_SET_TIMES WASI_RIGHT(20)
#define WASI_R_FILESTAT_GET WASI_RIGHT(21)
#define WASI_R_SET_SIZE WASI_RIGHT(22)
#define WASI_R_SET_TIMES WASI_RIGHT(23)
#define WASI_R_SYMLINK WASI_RIGHT(24)
#define WASI_R_REMOVE_DIRECTORY WASI_RIGHT(25)
#define WASI_R_UNLINK_FILE WASI_RIGHT(26)
#define WASI_R_POLL WASI_RIGHT(27)
#define WASI_R_SHUTDOWN WASI_RIGHT(28)
#define WASI_R_ACCEPT WASI_RIGHT(29)
#define WASI_R_ALL (WASI_RIGHT(30) - 1)

// ---- Guest memory ----

/// Where [pointer, pointer + length) lies in the caller's memory 0, or 0 when it is not inside.
static inline u8 *wasi_at(const rt_instance *self, u32 pointer, u64 length) {
  u8 *base = self->memory_base;
  if (base == 0) return 0;
  u64 size = self->memories[0]->size;
  return length <= size && pointer <= size - length ? base + pointer : 0;
}

/// Values in guest memory: little endian, at any address.
static inline void wasi_put16(u8 *at, u32 value) { __builtin_memcpy(at, &(u16){(u16)value}, 2); }
static inline void wasi_put32(u8 *at, u32 value) { __builtin_memcpy(at, &value, 4); }
static inline void wasi_put64(u8 *at, u64 value) { __builtin_memcpy(at, &value, 8); }
static inline u32 wasi_get16(const u8 *at) {
  u16 value;
  __builtin_memcpy(&value, at, 2);
  return value;
}
static inline u32 wasi_get32(const u8 *at) {
  u32 value;
  __builtin_memcpy(&value, at, 4);
  return value;
}
static inline u64 wasi_get64(const u8 *at) {
  u64 value;
  __builtin_memcpy(&value, at, 8);
  return value;
}

/// Most buffers of one call; more are left for the next.
#define WASI_VECTORS 1024u
/// Copies the guest's list of `count` buffers, all of them inside its memory, to `out` (WASI_VECTORS places). Returns how many, or a
/// negated WASI errno (io.c).
i64 wasi_copy_vectors(const rt_instance *self, u32 list, u32 count, os_iovec *out);

// ---- Errors (errno.c) ----

/// The WASI errno of Linux's error `number`.
u32 wasi_error_of(u64 number);
/// The WASI errno of a result of os.h: 0 when it is not negative.
static inline u32 wasi_error(i64 result) {
  return result >= 0 ? WASI_SUCCESS : wasi_error_of((u64)-result);
}

// ---- Descriptors (fd-table.c) ----

enum wasi_fd_flags {
  WASI_FD_STDIO = 1,      ///< shared with whoever started the program: its state in the kernel is not ours to change
  WASI_FD_READ_ONLY = 2,  ///< opened under a read-only grant: nothing may change through it
  WASI_FD_PREOPEN = 4,    ///< `name` is its path as the guest sees it
};

/// An open descriptor. A free place has host < 0.
typedef struct wasi_fd {
  i32 host;
  u8 type;           ///< wasi_filetype
  u8 flags;          ///< wasi_fd_flags
  u16 emulated;      ///< fdflags kept here and not in the kernel (WASI_FD_NONBLOCK of standard streams; WASI_FD_RSYNC)
  u64 rights;
  u64 inheriting;
  const char *name;
  u64 cookie;        ///< directory: the cookie at the kernel's position
  struct wasi_listing *listing;  ///< directory under --deterministic: its sorted entries
} wasi_fd;

/// The table: fd-table.c alone changes it.
typedef struct wasi_fd_table {
  wasi_fd *places;
  u32 used;  ///< places at and above have never been used
} wasi_fd_table;
extern wasi_fd_table wasi_fds;

/// The descriptor, or 0. Valid until the next insertion.
static inline wasi_fd *wasi_fd_get(u32 fd) {
  return fd < wasi_fds.used && wasi_fds.places[fd].host >= 0 ? &wasi_fds.places[fd] : 0;
}
/// Puts a descriptor at the lowest free place. 0 or an errno; then the caller still owns entry->host.
u32 wasi_fd_insert(const wasi_fd *entry, u32 *fd);
/// Frees a place and hands back what was there. EBADF.
u32 wasi_fd_remove(u32 fd, wasi_fd *old);
/// Moves `from` to `to`; hands back what was at `to` (old->host < 0 when nothing is to be closed). EBADF.
u32 wasi_fd_renumber(u32 from, u32 to, wasi_fd *old);
/// Another descriptor can be inserted.
bool wasi_fd_room(void);
/// Most descriptors at a time.
void wasi_fd_limit(u32 limit);
/// Closes what wasi_fd_remove or wasi_fd_renumber handed back (fd.c).
void wasi_fd_dispose(wasi_fd *old);

/// The descriptor, if it has all of `rights`. A missing READ or WRITE is EBADF, any other ENOTCAPABLE.
static inline u32 wasi_fd_use(u32 fd, u64 rights, wasi_fd **out) {
  wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0) return WASI_EBADF;
  *out = entry;
  u64 missing = rights & ~entry->rights;
  if (missing == 0) return WASI_SUCCESS;
  return missing & (WASI_R_READ | WASI_R_WRITE) ? WASI_EBADF : WASI_ENOTCAPABLE;
}
/// As wasi_fd_use; ENOTDIR when it is no directory (EBADF for a standard stream) (fd.c).
u32 wasi_fd_use_directory(u32 fd, u64 rights, wasi_fd **out);
/// Its file type; asks the system once (fd.c).
u32 wasi_fd_type(wasi_fd *entry);
/// Keeps host descriptors 0 to 2 for the standard streams: moves a lower one up. Returns the descriptor or a negated error number.
i64 wasi_fd_move_up(i64 host);

u32 wasi_filetype_of_mode(u32 mode);
/// Frees the sorted entries of a directory (listing.c).
void wasi_listing_free(struct wasi_listing *listing);
/// A listening socket at "host:port", or a negated error number (listen.c).
i64 wasi_listen(const char *address);

// ---- The process (start.c) ----

typedef struct wasi_text {
  const char *first;   ///< not ended by a zero byte
  u32 first_length;
  const char *second;  ///< environment: the value, after "="; else 0
  u32 second_length;
} wasi_text;

typedef struct wasi_state {
  const rt_start_info *info;
  const char *argument0;   ///< 0: the one the kernel gave
  wasi_text *variables;    ///< the guest's environment
  u32 variable_count;
  bool deterministic;
  bool inherit_environment;
} wasi_state;

extern wasi_state wasi;

/// Called by the start code through rt_program.host_init.
void rt_wasi_init(const rt_start_info *info);

// ---- The functions ----

#define WASI(result, name, parameters, calls) result wasi_snapshot_preview1_##name parameters;
#define WASI_UNSTABLE(result, name, parameters) result wasi_unstable_##name parameters;
#include "functions.def"
#undef WASI
#undef WASI_UNSTABLE

#pragma GCC visibility pop

#endif
