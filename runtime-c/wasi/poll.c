// poll_oneoff: waiting for clocks and descriptors.
//
// One pass over the subscriptions finds the nearest time and gathers the descriptors for ppoll; a second one writes the events. What cannot be waited for
// (an unknown descriptor or clock) is an event of its own that carries the error, and ends the wait at once. The two passes need not see the same
// subscriptions: memory belongs to the guest. Nothing is used from the second that was not checked in it.
#include "clock.h"
#include "../memory.h"

#define EVENT_BYTES 32u
/// Most descriptors of one call.
#define MOST_POLLED 65536u
#define FEW_POLLED 64u

enum { TAG_CLOCK = 0, TAG_READ = 1, TAG_WRITE = 2 };
enum { CLOCK_ABSOLUTE = 1 };
enum { EVENT_HANGUP = 1 };

/// Where the fields of a subscription are: snapshot 0 has one more in front of a clock's.
typedef struct layout {
  u32 size;
  u32 clock_id, clock_timeout, clock_flags;
} layout;
static const layout now_layout = {48, 16, 24, 40};
static const layout old_layout = {56, 24, 32, 48};

typedef struct poll_state {
  const layout *layout;
  const u8 *subscriptions;
  u32 count;
  u8 *events;
  u32 event_count;
  os_pollfd *polled;     ///< in the order of the subscriptions, those that are not clocks; fd -1 for an error
  u32 polled_count;
  u64 nearest;           ///< nanoseconds to the nearest time; UINT64_MAX: none
  bool errors;
} poll_state;

static void put_event(poll_state *p, const u8 *subscription, u32 error, u64 bytes, u32 flags) {
  u8 *at = p->events + (u64)p->event_count++ * EVENT_BYTES;
  u64 userdata = wasi_get64(subscription);
  u32 type = subscription[8];
  memset(at, 0, EVENT_BYTES);
  wasi_put64(at, userdata);
  wasi_put16(at + 8, error);
  at[10] = (u8)type;
  wasi_put64(at + 16, bytes);
  wasi_put16(at + 24, flags);
}

/// Nanoseconds until a clock's time comes. 0 or an errno.
static u32 time_left(const poll_state *p, const u8 *subscription, u64 *out) {
  u32 id = wasi_get32(subscription + p->layout->clock_id);
  u64 timeout = wasi_get64(subscription + p->layout->clock_timeout);
  u32 flags = wasi_get16(subscription + p->layout->clock_flags);
  if (id > WASI_CLOCK_THREAD || flags & ~(u32)CLOCK_ABSOLUTE) return WASI_EINVAL;
  if (id > WASI_CLOCK_MONOTONIC) return WASI_ENOTSUP;
  u64 now = 0;
  if (flags & CLOCK_ABSOLUTE) {
    i64 result = wasi_clock_read(id, &now);
    if (result < 0) return wasi_error(result);
  }
  *out = timeout > now ? timeout - now : 0;
  return WASI_SUCCESS;
}

static u32 polled_descriptor(const u8 *subscription, i32 *host) {
  wasi_fd *entry;
  u32 error = wasi_fd_use(wasi_get32(subscription + 16), WASI_R_POLL, &entry);
  *host = error == 0 ? entry->host : -1;
  return error;
}

/// First pass. 0 or an errno of the whole call.
static u32 gather(poll_state *p) {
  const u8 *s = p->subscriptions;
  for (u32 i = 0; i < p->count; i++, s += p->layout->size) {
    u32 tag = s[8];
    if (tag > TAG_WRITE) return WASI_EINVAL;
    if (tag == TAG_CLOCK) {
      u64 left = 0;
      if (time_left(p, s, &left) != 0) p->errors = true;
      else if (left < p->nearest) p->nearest = left;
      continue;
    }
    os_pollfd *polled = &p->polled[p->polled_count++];
    *polled = (os_pollfd){.events = tag == TAG_READ ? OS_POLLIN : OS_POLLOUT};
    if (polled_descriptor(s, &polled->fd) != 0) p->errors = true;
  }
  return WASI_SUCCESS;
}

/// Bytes that can be read at once.
static u64 readable_bytes(i32 host) {
  os_filestat stat;
  if (os_stat_fd(host, &stat) < 0) return 0;
  if ((stat.mode & OS_S_IFMT) == OS_S_IFREG) {
    i64 at = os_seek(host, 0, OS_SEEK_CUR);
    return at < 0 || (u64)at >= stat.size ? 0 : stat.size - (u64)at;
  }
  i32 waiting = 0;
  return os_ioctl(host, OS_FIONREAD, &waiting) < 0 || waiting < 0 ? 0 : (u64)waiting;
}

static void report_descriptor(poll_state *p, const u8 *subscription, const os_pollfd *polled) {
  i32 host;
  u32 error = polled_descriptor(subscription, &host);
  if (error != 0 || polled->revents & OS_POLLNVAL) put_event(p, subscription, error == 0 ? WASI_EBADF : error, 0, 0);
  else if (polled->revents != 0) {
    bool hangup = (polled->revents & (OS_POLLHUP | OS_POLLERR)) != 0;
    u64 bytes = subscription[8] == TAG_READ ? readable_bytes(host) : 1;
    put_event(p, subscription, WASI_SUCCESS, bytes, hangup ? EVENT_HANGUP : 0);
  }
}

/// Second pass. `waited`: nanoseconds that have passed for relative times.
static void report(poll_state *p, u64 waited) {
  const u8 *s = p->subscriptions;
  u32 k = 0;
  for (u32 i = 0; i < p->count; i++, s += p->layout->size) {
    if (s[8] != TAG_CLOCK) {
      if (k < p->polled_count) report_descriptor(p, s, &p->polled[k++]);
      continue;
    }
    u64 left = 0;
    u32 error = time_left(p, s, &left);
    bool relative = (wasi_get16(s + p->layout->clock_flags) & CLOCK_ABSOLUTE) == 0;
    if (error != 0 || left <= (relative ? waited : 0)) put_event(p, s, error, 0, 0);
  }
}

/// Waits until a descriptor is ready or `timeout` nanoseconds have passed (UINT64_MAX: without end). How many are ready, or a negated error number.
static i64 wait_for(poll_state *p, u64 timeout) {
  os_timespec left = {(i64)(timeout / 1000000000u), (i64)(timeout % 1000000000u)};
  i64 result;
  do result = os_poll(p->polled, p->polled_count, timeout == UINT64_MAX ? 0 : &left);
  while (result == -OS_EINTR);
  return result;
}

static u64 monotonic(void) {
  u64 now = 0;
  os_clock(OS_CLOCK_MONOTONIC, &now);
  return now;
}

static u32 wait_and_report(poll_state *p) {
  u32 error = gather(p);
  if (error != 0) return error;
  bool skips = wasi.deterministic && p->nearest != UINT64_MAX;
  bool measures = !wasi.deterministic && p->nearest != UINT64_MAX && p->nearest != 0;
  u64 start = measures ? monotonic() : 0;
  i64 result = wait_for(p, p->errors || skips ? 0 : p->nearest);
  if (result < 0) return wasi_error(result);
  u64 waited = 0;
  if (skips && result == 0 && !p->errors) wasi_clock_advance(waited = p->nearest);
  else if (measures) waited = monotonic() - start;
  // The kernel says that the time has come, whatever the clock read afterwards says.
  if (measures && result == 0 && !p->errors && waited < p->nearest) waited = p->nearest;
  report(p, waited);
  // An absolute time may come a moment after the wait for it.
  return p->event_count == 0 ? WASI_EAGAIN : WASI_SUCCESS;
}

static u32 poll_with(rt_instance *self, const layout *layout, u32 in, u32 out, u32 count, u32 nevents) {
  poll_state p = {.layout = layout, .count = count, .nearest = UINT64_MAX};
  p.subscriptions = wasi_at(self, in, (u64)count * layout->size);
  p.events = wasi_at(self, out, (u64)count * EVENT_BYTES);
  u8 *event_count = wasi_at(self, nevents, 4);
  if (p.subscriptions == 0 || p.events == 0 || event_count == 0) return WASI_EFAULT;
  if (count == 0) return WASI_EINVAL;
  if (count > MOST_POLLED) return WASI_ENOMEM;
  os_pollfd few[FEW_POLLED];
  u64 bytes = count * sizeof(os_pollfd);
  p.polled = count <= FEW_POLLED ? few : rt_allocate(bytes);
  if (p.polled == 0) return WASI_ENOMEM;
  u32 error;
  do error = wait_and_report(&p);
  while (error == WASI_EAGAIN && (p.polled_count = 0, p.nearest = UINT64_MAX, true));
  if (error == 0) wasi_put32(event_count, p.event_count);
  if (p.polled != few) rt_release(p.polled, bytes);
  return error;
}

u32 wasi_snapshot_preview1_poll_oneoff(rt_instance *self, u32 in, u32 out, u32 nsubscriptions, u32 nevents) {
  return poll_with(self, &now_layout, in, out, nsubscriptions, nevents);
}

u32 wasi_unstable_poll_oneoff(rt_instance *self, u32 in, u32 out, u32 nsubscriptions, u32 nevents) {
  return poll_with(self, &old_layout, in, out, nsubscriptions, nevents);
}
