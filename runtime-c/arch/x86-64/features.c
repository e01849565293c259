// x86-64 CPU features (cpuid; names as compilers spell them) and what the runtime itself chooses by them.
//
// AVX and what builds on it also needs the operating system to save its registers (xgetbv). A cpuid costs microseconds under a hypervisor, so only what is
// asked for is read. Source: Intel SDM volume 2, "CPUID"; the x86-64 psABI for the levels.
#include "arch.h"

/// Words of cpuid's answers, in an order that has those of one leaf together.
enum cpuid_word { LEAF1_ECX, LEAF7_EBX, LEAF7_ECX, EXTENDED_ECX };
/// Registers the operating system must save, as bits of XCR0.
enum state { STATE_NONE = 0, STATE_AVX = 6, STATE_AVX512 = 0xe6 };

typedef struct feature {
  char name[12];
  u8 word;
  u8 bit;
  u8 state;
  u8 level;  ///< of the psABI, x86-64-v<level>; 0: in none
} feature;

static const feature features[] = {
    {"cx16", LEAF1_ECX, 13, STATE_NONE, 2},      {"popcnt", LEAF1_ECX, 23, STATE_NONE, 2},
    {"sse3", LEAF1_ECX, 0, STATE_NONE, 2},       {"ssse3", LEAF1_ECX, 9, STATE_NONE, 2},
    {"sse4.1", LEAF1_ECX, 19, STATE_NONE, 2},    {"sse4.2", LEAF1_ECX, 20, STATE_NONE, 2},
    {"lahf", EXTENDED_ECX, 0, STATE_NONE, 2},    {"avx", LEAF1_ECX, 28, STATE_AVX, 3},
    {"avx2", LEAF7_EBX, 5, STATE_AVX, 3},        {"bmi", LEAF7_EBX, 3, STATE_NONE, 3},
    {"bmi2", LEAF7_EBX, 8, STATE_NONE, 3},       {"f16c", LEAF1_ECX, 29, STATE_AVX, 3},
    {"fma", LEAF1_ECX, 12, STATE_AVX, 3},        {"lzcnt", EXTENDED_ECX, 5, STATE_NONE, 3},
    {"movbe", LEAF1_ECX, 22, STATE_NONE, 3},     {"avx512f", LEAF7_EBX, 16, STATE_AVX512, 4},
    {"avx512bw", LEAF7_EBX, 30, STATE_AVX512, 4}, {"avx512cd", LEAF7_EBX, 28, STATE_AVX512, 4},
    {"avx512dq", LEAF7_EBX, 17, STATE_AVX512, 4}, {"avx512vl", LEAF7_EBX, 31, STATE_AVX512, 4},
    {"adx", LEAF7_EBX, 19, STATE_NONE, 0},       {"aes", LEAF1_ECX, 25, STATE_NONE, 0},
    {"pclmul", LEAF1_ECX, 1, STATE_NONE, 0},     {"sha", LEAF7_EBX, 29, STATE_NONE, 0},
    {"gfni", LEAF7_ECX, 8, STATE_NONE, 0},       {"avx512vbmi", LEAF7_ECX, 1, STATE_AVX512, 0},
};

bool rt_arch_fsgsbase;

#define HWCAP2_FSGSBASE 2u
#define EXTENDED_LEAF 0x80000001u
#define OSXSAVE_BIT 27u
/// Bytes moved or searched, in all, that take long enough for a cpuid not to matter.
#define WORTH_ASKING 16384u
/// From this many bytes on, wider vectors win back the change to them.
#define WIDE_LEAST 384u

static void cpuid(u32 leaf, u32 out[4]) {
  __asm__ volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(0));
}

static u64 saved_state(void) {
  u32 low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (u64)high << 32 | low;
}

/// One word of cpuid; 0 for a leaf the machine does not have.
static u32 read_word(u32 word) {
  u32 out[4];
  u32 leaf = word == LEAF1_ECX ? 1 : word == EXTENDED_ECX ? EXTENDED_LEAF : 7;
  if (leaf == 7) {
    cpuid(0, out);
    if (out[0] < leaf) return 0;
  }
  cpuid(leaf, out);
  return out[word == LEAF7_EBX ? 1 : 2];
}

static bool has(const feature *f) {
  static u32 known;
  static u32 words[EXTENDED_ECX + 1];
  if ((known >> f->word & 1) == 0) {
    words[f->word] = read_word(f->word);
    known |= 1u << f->word;
  }
  if ((words[f->word] >> f->bit & 1) == 0) return false;
  if (f->state == STATE_NONE) return true;
  return (read_word(LEAF1_ECX) >> OSXSAVE_BIT & 1) != 0 && (saved_state() & f->state) == f->state;
}

/// 1, 0, or -1 for an unknown name.
static int has_named(const char *name) {
  for (u32 i = 0; i < sizeof features / sizeof features[0]; i++)
    if (strcmp(name, features[i].name) == 0) return has(&features[i]);
  return -1;
}

int rt_arch_has_feature(const rt_hardware *hardware, const char *name) {
  if (strcmp(name, "fsgsbase") == 0) return (hardware->hwcap2 & HWCAP2_FSGSBASE) != 0;
  bool is_level = strncmp(name, "x86-64-v", 8) == 0 && name[8] >= '2' && name[8] <= '4' && name[9] == 0;
  if (!is_level) return has_named(name);
  for (u32 i = 0; i < sizeof features / sizeof features[0]; i++) {
    const feature *f = &features[i];
    if (f->level != 0 && f->level <= name[8] - '0' && !has(f)) return 0;
  }
  return 1;
}

/// Level 2, the baseline: SSE and popcnt are illegal on other machines. Not so levels 3 and up, where lzcnt would be taken for bsr.
bool rt_arch_faults_without(const char *name) { return strcmp(name, "x86-64-v2") == 0; }

bool rt_arch_wide_vectors(u64 length) {
  static i32 answer = -1;
  static u64 seen;
  if (length < WIDE_LEAST) return false;
  if (answer < 0) {
    seen += length;
    if (seen < WORTH_ASKING) return false;
    answer = has_named("avx2") == 1;
  }
  return answer != 0;
}

void rt_arch_init(const rt_hardware *hardware) {
  rt_arch_fsgsbase = (hardware->hwcap2 & HWCAP2_FSGSBASE) != 0;
}
