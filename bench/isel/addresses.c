// Loads and stores: scaled indices, fields, tables, neighbours, read-modify-write.
#include <stdint.h>

struct item {
  int32_t key;
  int16_t kind;
  uint8_t flags[2];
  struct item *next;
};

static uint32_t table[256];

int32_t scaled_load(const int32_t *p, uint32_t i) { return p[i]; }
int64_t next_element(const int64_t *p, int32_t i) { return p[i + 1]; }
uint32_t table_byte(uint32_t x) { return table[x & 255] ^ x >> 8; }
void set_table(uint32_t i, uint32_t v) { table[i & 255] = v; }
int32_t field_sum(const struct item *p) { return p->key + p->kind + p->flags[1]; }
int32_t second_key(const struct item *p) { return p->next->next->key; }
void increment(uint8_t *p) { ++*p; }
void exchange(int32_t *p, int32_t *q) {
  int32_t t = *p;
  *p = *q, *q = t;
}
