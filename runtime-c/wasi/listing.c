// Directories in the order of their names' bytes, for --deterministic: the whole directory is read when reading starts, so entries that come
// later are seen by the next reading from the start.
#include "listing.h"

#include "../memory.h"

/// Most bytes of one directory's entries.
#define LARGEST_LISTING (64u << 20)
#define FIRST_LISTING 32768u

typedef struct wasi_listing {
  u8 *block;
  u64 block_size;
  u64 used;
  const os_dirent **entries;
  u64 count;
} wasi_listing;

void wasi_listing_free(wasi_listing *listing) {
  rt_release(listing->block, listing->block_size);
  rt_release(listing->entries, listing->count * sizeof *listing->entries);
  rt_release(listing, sizeof *listing);
}

static bool grow(wasi_listing *l) {
  u64 size = l->block_size == 0 ? FIRST_LISTING : l->block_size * 2;
  u8 *block = size > LARGEST_LISTING ? 0 : rt_allocate(size);
  if (block == 0) return false;
  if (l->used != 0) memcpy(block, l->block, l->used);
  rt_release(l->block, l->block_size);
  l->block = block;
  l->block_size = size;
  return true;
}

/// Source: Shell 1959, with the gaps of Knuth.
static void sort(const os_dirent **list, u64 count) {
  u64 gap = 1;
  while (gap < count / 3) gap = gap * 3 + 1;
  for (; gap != 0; gap /= 3)
    for (u64 i = gap; i < count; i++) {
      const os_dirent *moved = list[i];
      u64 k = i;
      for (; k >= gap && strcmp(list[k - gap]->name, moved->name) > 0; k -= gap) list[k] = list[k - gap];
      list[k] = moved;
    }
}

static i64 index_entries(wasi_listing *l) {
  u64 count = 0;
  for (u64 at = 0; at < l->used; at += ((const os_dirent *)(const void *)(l->block + at))->length) count++;
  if (count == 0) return 0;
  l->entries = rt_allocate(count * sizeof *l->entries);
  if (l->entries == 0) return -OS_ENOMEM;
  l->count = count;
  u64 i = 0;
  for (u64 at = 0; at < l->used; at += l->entries[i++]->length)
    l->entries[i] = (const os_dirent *)(const void *)(l->block + at);
  sort(l->entries, count);
  return 0;
}

static i64 fill(wasi_listing *l, i32 directory) {
  i64 result = os_seek(directory, 0, OS_SEEK_SET);
  while (result >= 0) {
    if (l->block_size - l->used < FIRST_LISTING / 2 && !grow(l)) return -OS_ENOMEM;
    result = os_getdents(directory, l->block + l->used, l->block_size - l->used);
    if (result == 0) return index_entries(l);
    if (result > 0) l->used += (u64)result;
  }
  return result;
}

static i64 list_again(wasi_fd *entry) {
  wasi_listing *listing = rt_allocate(sizeof *listing);
  if (listing == 0) return -OS_ENOMEM;
  i64 result = fill(listing, entry->host);
  if (result < 0) {
    wasi_listing_free(listing);
    return result;
  }
  if (entry->listing != 0) wasi_listing_free(entry->listing);
  entry->listing = listing;
  return 0;
}

i64 wasi_listing_read(wasi_fd *entry, u64 cookie, wasi_dirents *out) {
  if (cookie == 2 || entry->listing == 0) {
    i64 result = list_again(entry);
    if (result < 0) return result;
  }
  u64 next = 2;
  for (u64 i = 0; i < entry->listing->count && out->left != 0; i++) {
    const os_dirent *d = entry->listing->entries[i];
    if (wasi_dirent_is_dots(d)) continue;
    if (next++ < cookie) continue;
    if (!wasi_put_dirent(out, next, d->inode, wasi_dirent_type(entry->host, d), d->name, (u32)strlen(d->name))) break;
  }
  return 0;
}
