// An open-addressing hash table of strings to counts, grown as it fills.
#include "../bench.h"

struct slot {
  char key[16];
  uint32_t hash, count;
};

static struct slot *slots;
static uint32_t capacity, used;

static uint32_t hash_of(const char *key) {
  uint32_t h = 2166136261u;
  for (; *key; key++) h = (h ^ (unsigned char)*key) * 16777619u;
  return h | 1;
}

static struct slot *find(const char *key, uint32_t hash) {
  uint32_t i = hash & (capacity - 1);
  while (slots[i].hash && (slots[i].hash != hash || strcmp(slots[i].key, key) != 0)) i = (i + 1) & (capacity - 1);
  return &slots[i];
}

static void grow(void) {
  struct slot *old = slots;
  uint32_t n = capacity;
  capacity = n ? 2 * n : 64;
  slots = calloc(capacity, sizeof *slots);
  for (uint32_t i = 0; i < n; i++)
    if (old[i].hash) *find(old[i].key, old[i].hash) = old[i];
  free(old);
}

static uint64_t counts(uint64_t seed) {
  uint64_t s = seed | 1;
  capacity = used = 0, slots = NULL;
  grow();
  for (int i = 0; i < 12000; i++) {
    char key[16];
    uint32_t r = bench_random(&s) >> 18;
    r = r * r >> 16;
    int n = 0;
    do key[n++] = (char)('a' + r % 26);
    while (r /= 26);
    key[n] = 0;
    uint32_t hash = hash_of(key);
    struct slot *at = find(key, hash);
    if (!at->hash) {
      if (++used * 4 > capacity * 3) grow(), at = find(key, hash);
      at->hash = hash;
      memcpy(at->key, key, sizeof key);
    }
    at->count++;
  }
  uint64_t h = used;
  for (uint32_t i = 0; i < capacity; i++) h += (uint64_t)slots[i].count * slots[i].hash;
  free(slots);
  return h;
}

BENCH(bench_nothing, counts)
