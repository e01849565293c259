// The table of descriptors against a model that looks at every place: OPERATIONS random operations.
#include "host.h"

enum { PLACES = 300 };
static i32 model[PLACES];

static u32 lowest(void) {
  u32 i = 0;
  while (i < PLACES && model[i] >= 0) i++;
  return i;
}

static void insert(i32 host) {
  u32 fd = 77777, expected = lowest();
  CHECK(wasi_fd_room() == (expected < PLACES));
  u32 error = wasi_fd_insert(&(wasi_fd){.host = host, .rights = (u64)host * 3}, &fd);
  if (expected == PLACES) {
    CHECK(error == WASI_EMFILE);
    return;
  }
  CHECK(error == 0 && fd == expected);
  model[fd] = host;
}

static void remove_one(u32 fd) {
  wasi_fd old;
  u32 error = wasi_fd_remove(fd, &old);
  if (fd >= PLACES || model[fd] < 0) {
    CHECK(error == WASI_EBADF);
    return;
  }
  CHECK(error == 0 && old.host == model[fd] && old.rights == (u64)old.host * 3);
  model[fd] = -1;
}

static void renumber(u32 from, u32 to) {
  wasi_fd old;
  u32 error = wasi_fd_renumber(from, to, &old);
  if (from >= PLACES || to >= PLACES || model[from] < 0 || model[to] < 0) {
    CHECK(error == WASI_EBADF && old.host == -1);
    return;
  }
  CHECK(error == 0 && old.host == (from == to ? -1 : model[to]));
  if (from == to) return;
  model[to] = model[from];
  model[from] = -1;
}

static u32 any_fd(void) {
  u32 kind = random_below(50);
  return kind == 0 ? UINT32_MAX - random_below(3) : kind == 1 ? PLACES + random_below(3) : random_below(PLACES);
}

int main(void) {
  u32 operations = number_variable("OPERATIONS", 100000);
  wasi_fd_limit(PLACES);
  for (u32 i = 0; i < PLACES; i++) model[i] = -1;
  for (u32 i = 0; i < operations; i++) {
    // Phases in which the table fills up and empties.
    bool filling = i / 2000 % 2 == 0;
    u32 what = random_below(10);
    if (what < (filling ? 6u : 2u)) insert((i32)i);
    else if (what < 8) remove_one(any_fd());
    else renumber(any_fd(), any_fd());
    u32 fd = any_fd();
    const wasi_fd *entry = wasi_fd_get(fd);
    CHECK(fd < PLACES && model[fd] >= 0 ? entry != 0 && entry->host == model[fd] : entry == 0);
  }
  return 0;
}
