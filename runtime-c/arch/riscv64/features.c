// RISC-V 64 CPU features: single letters from AT_HWCAP, extensions from the riscv_hwprobe call (Linux uapi asm/hwprobe.h).
//
// A kernel before 6.4, and qemu-user 7.2, cannot be asked for extensions with longer names: they are then taken to be there.
#include "arch.h"

typedef struct feature {
  char name[8];
  u8 bit;  ///< of RISCV_HWPROBE_KEY_IMA_EXT_0
} feature;

static const feature features[] = {
    {"zba", 3}, {"zbb", 4}, {"zbs", 5}, {"zbc", 7}, {"zfh", 27}, {"zfhmin", 28}, {"zfa", 32}, {"zicond", 35},
};

enum { KEY_IMA_EXT_0 = 4 };

typedef struct probe {
  i64 key;
  u64 value;
} probe;

bool rt_arch_vectors;

int rt_arch_has_feature(const rt_hardware *hardware, const char *name) {
  if (name[0] >= 'a' && name[0] <= 'z' && name[1] == 0) return (int)(hardware->hwcap >> (name[0] - 'a') & 1);
  for (u32 i = 0; i < sizeof features / sizeof features[0]; i++) {
    if (strcmp(name, features[i].name) != 0) continue;
    probe asked = {KEY_IMA_EXT_0, 0};
    i64 result = os_call6(OS_CALL_riscv_hwprobe, OS_P(&asked), 1, 0, 0, 0, 0);
    return result < 0 || asked.key < 0 || (asked.value >> features[i].bit & 1) != 0;
  }
  return -1;
}

/// Asking costs little here.
bool rt_arch_faults_without(const char *name) {
  (void)name;
  return false;
}

void rt_arch_init(const rt_hardware *hardware) {
  rt_arch_vectors = rt_arch_has_feature(hardware, "v") == 1;
}
