// AArch64 CPU features by the kernel's hardware capabilities (Linux uapi asm/hwcap.h); names as compilers spell them.
#include "arch.h"

typedef struct feature {
  char name[10];
  u8 word;  ///< 0: AT_HWCAP, 1: AT_HWCAP2
  u8 bit;
} feature;

static const feature features[] = {
    {"fp", 0, 0},    {"simd", 0, 1},   {"aes", 0, 4},   {"sha2", 0, 6},  {"crc", 0, 7},      {"lse", 0, 8},
    {"fp16", 0, 10}, {"rdm", 0, 12},   {"jscvt", 0, 13}, {"rcpc", 0, 15}, {"sha3", 0, 17},    {"dotprod", 0, 20},
    {"sve", 0, 22},  {"flagm", 0, 27}, {"sve2", 1, 1},  {"i8mm", 1, 13}, {"bf16", 1, 14},
};

int rt_arch_has_feature(const rt_hardware *hardware, const char *name) {
  for (u32 i = 0; i < sizeof features / sizeof features[0]; i++)
    if (strcmp(name, features[i].name) == 0)
      return (int)((features[i].word == 0 ? hardware->hwcap : hardware->hwcap2) >> features[i].bit & 1);
  return -1;
}

/// Asking costs little here.
bool rt_arch_faults_without(const char *name) {
  (void)name;
  return false;
}

void rt_arch_init(const rt_hardware *hardware) {
  (void)hardware;
}
