// A QEMU plugin that counts executed instructions: out=FILE, and blocks=on to tell how often each translated block ran.
//
// Each block adds to a counter of its own, inline, without a call from translated code; totals are sums over blocks. A block that a fault
// leaves early counts in full. FILE gets the total on its first line, then, if asked for, "address instructions executions" (address in hex) for each
// block. The plugin interface (version 1, QEMU 4.2 to 8) has no packaged header: what is used of it is declared here, after QEMU's documentation
// "QEMU TCG Plugins".
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum plugin_op { PLUGIN_INLINE_ADD_U64 };

typedef void (*translated_callback)(plugin_id id, struct qemu_plugin_tb *tb);
typedef void (*exit_callback)(plugin_id id, void *data);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, translated_callback f);
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, enum plugin_op op, void *counter, uint64_t by);
void qemu_plugin_register_atexit_cb(plugin_id id, exit_callback f, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORT int qemu_plugin_version = 1;

struct block {
  struct block *next;
  uint64_t address, instructions, executions;
};

#define BUCKETS 65536
static struct block *buckets[BUCKETS];
static const char *out;
static int list_blocks;

// A block translated again (its code was flushed) goes on with its counter.
static void translated(plugin_id id, struct qemu_plugin_tb *tb) {
  uint64_t address = qemu_plugin_tb_vaddr(tb), n = qemu_plugin_tb_n_insns(tb);
  struct block **bucket = &buckets[(address ^ address >> 16 ^ n << 3) % BUCKETS], *b = *bucket;
  (void)id;
  while (b != NULL && (b->address != address || b->instructions != n)) b = b->next;
  if (b == NULL) {
    b = calloc(1, sizeof *b);
    if (b == NULL) abort();
    b->address = address, b->instructions = n, b->next = *bucket;
    *bucket = b;
  }
  qemu_plugin_register_vcpu_tb_exec_inline(tb, PLUGIN_INLINE_ADD_U64, &b->executions, 1);
}

static void at_exit(plugin_id id, void *data) {
  uint64_t total = 0;
  FILE *f = fopen(out, "w");
  (void)id, (void)data;
  if (f == NULL) return;
  for (int i = 0; i < BUCKETS; i++)
    for (struct block *b = buckets[i]; b != NULL; b = b->next) total += b->instructions * b->executions;
  fprintf(f, "%llu\n", (unsigned long long)total);
  for (int i = 0; i < BUCKETS && list_blocks; i++)
    for (struct block *b = buckets[i]; b != NULL; b = b->next)
      if (b->executions > 0)
        fprintf(f, "%llx %llu %llu\n", (unsigned long long)b->address, (unsigned long long)b->instructions, (unsigned long long)b->executions);
  fclose(f);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "out=", 4) == 0) out = argv[i] + 4;
    else if (strcmp(argv[i], "blocks=on") == 0 || strcmp(argv[i], "blocks=true") == 0) list_blocks = 1;
  }
  if (out == NULL) {
    fprintf(stderr, "insns: out=FILE is missing\n");
    return -1;
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, at_exit, NULL);
  return 0;
}
