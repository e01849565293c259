// The loops of copy-vector.c for more than 128 bytes, once for each vector width: the file defines LONG(name) and `lane`, a vector type, and includes this.
//
// The first and the last 64 bytes are loaded before anything is stored and stored after everything else, so the loop between them can start where the
// destination is aligned, and overlap does no harm as long as the loop runs away from it.

#define LANES (64 / sizeof(lane))
/// GCC keeps the vectors of a block in registers only when their loops are unrolled.
#define EACH_LANE(k) _Pragma("GCC unroll 4") for (u32 k = 0; k < LANES; k++)

/// `to` below `from`, or apart.
LONG_ATTRIBUTES static void LONG(move_forward)(u8 *to, const u8 *from, size_t n) {
  lane head[LANES], tail[LANES], x[LANES];
  EACH_LANE(k) head[k] = ((const lane *)from)[k];
  EACH_LANE(k) tail[k] = ((const lane *)(from + n - 64))[k];
  for (size_t i = 64 - (uintptr_t)to % 32; i < n - 64; i += 64) {
    EACH_LANE(k) x[k] = ((const lane *)(from + i))[k];
    EACH_LANE(k) ((lane *)(to + i))[k] = x[k];
  }
  EACH_LANE(k) ((lane *)to)[k] = head[k];
  EACH_LANE(k) ((lane *)(to + n - 64))[k] = tail[k];
}

/// `to` above `from`, overlapping.
LONG_ATTRIBUTES static void LONG(move_backward)(u8 *to, const u8 *from, size_t n) {
  lane head[LANES], tail[LANES], x[LANES];
  EACH_LANE(k) head[k] = ((const lane *)from)[k];
  EACH_LANE(k) tail[k] = ((const lane *)(from + n - 64))[k];
  for (size_t end = n - (uintptr_t)(to + n) % 32; end > 64; end -= 64) {
    EACH_LANE(k) x[k] = ((const lane *)(from + end - 64))[k];
    EACH_LANE(k) ((lane *)(to + end - 64))[k] = x[k];
  }
  EACH_LANE(k) ((lane *)to)[k] = head[k];
  EACH_LANE(k) ((lane *)(to + n - 64))[k] = tail[k];
}

LONG_ATTRIBUTES static void LONG(fill)(u8 *to, u8 byte, size_t n) {
  lane x = (lane){0} + byte;
  EACH_LANE(k) ((lane *)to)[k] = x;
  for (size_t i = 64 - (uintptr_t)to % 32; i < n - 64; i += 64)
    EACH_LANE(k) ((lane *)(to + i))[k] = x;
  EACH_LANE(k) ((lane *)(to + n - 64))[k] = x;
}

#undef LANES
#undef EACH_LANE
#undef LONG
#undef LONG_ATTRIBUTES
#undef lane
