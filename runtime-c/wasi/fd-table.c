// The table of descriptors: what stands at each of the guest's numbers. It closes and opens nothing itself, so a test can compare it with a model.
//
// Invariants: the lowest free number is handed out, as POSIX programs expect; no place below `first_free` is free; at most `limit` places exist.
#include "../memory.h"
#include "wasi.h"

#define FIRST_PLACES 16u
#define DEFAULT_LIMIT 4096u

static wasi_fd first_places[FIRST_PLACES];
wasi_fd_table wasi_fds = {.places = first_places};
static u32 capacity = FIRST_PLACES;
static u32 first_free;
static u32 most = DEFAULT_LIMIT;

void wasi_fd_limit(u32 limit) {
  if (limit != 0) most = limit;
}

static bool grow(void) {
  u32 more = capacity * 2;
  wasi_fd *moved = rt_allocate((u64)more * sizeof *moved);
  if (moved == 0) return false;
  memcpy(moved, wasi_fds.places, wasi_fds.used * sizeof *moved);
  if (wasi_fds.places != first_places) rt_release(wasi_fds.places, (u64)capacity * sizeof *moved);
  wasi_fds.places = moved;
  capacity = more;
  return true;
}

bool wasi_fd_room(void) {
  while (first_free < wasi_fds.used && wasi_fds.places[first_free].host >= 0) first_free++;
  return first_free < most;
}

u32 wasi_fd_insert(const wasi_fd *entry, u32 *fd) {
  if (!wasi_fd_room()) return WASI_EMFILE;
  if (first_free == wasi_fds.used) {
    if (wasi_fds.used == capacity && !grow()) return WASI_ENOMEM;
    wasi_fds.used++;
  }
  wasi_fds.places[first_free] = *entry;
  *fd = first_free++;
  return WASI_SUCCESS;
}

u32 wasi_fd_remove(u32 fd, wasi_fd *old) {
  wasi_fd *entry = wasi_fd_get(fd);
  if (entry == 0) return WASI_EBADF;
  *old = *entry;
  *entry = (wasi_fd){.host = -1};
  if (fd < first_free) first_free = fd;
  return WASI_SUCCESS;
}

u32 wasi_fd_renumber(u32 from, u32 to, wasi_fd *old) {
  *old = (wasi_fd){.host = -1};
  wasi_fd *target = wasi_fd_get(to);
  if (target == 0 || wasi_fd_get(from) == 0) return WASI_EBADF;
  if (from == to) return WASI_SUCCESS;
  *old = *target;
  return wasi_fd_remove(from, target);
}
