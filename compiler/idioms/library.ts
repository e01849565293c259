// The library functions that are recognised inside modules, as the C standard or their libraries define them.

export enum Library {
  None = 0,
  /** (to, from, n): the blocks do not overlap. */
  Copy,
  /** (to, from, n). */
  Move,
  /** (to, byte, n). */
  Fill,
  /** (a, b, n): a[i] - b[i] at the first difference, else 0. */
  Compare,
  /** (a, b, n): the sign of that. */
  CompareSign,
  /** (a, b, n): 1 when there is a difference. */
  Differs,
  /** (s, byte, n): where the byte is, or 0. */
  FindByte,
  /** (s): bytes before the first zero. */
  Length,
  /** (a, b): as Compare, up to the first zero, that included. */
  CompareStrings,
  /** (a, b, n): the same for n bytes at most. */
  CompareStringsBounded,
  /** (s, byte): where the first such byte or the zero is. */
  FindByteOrEnd,
  /** (s, byte): where the byte is, the zero counting as one, or 0. */
  FindByteInString,
  /** (to, from): copies up to the first zero, that included; they do not overlap. */
  CopyString,
}

/** What a function that moves or fills returns. */
export enum Answer {
  Nothing,
  /** Its first argument. */
  First,
  /** Its first argument plus the length; of a string without its zero. */
  End,
}

export interface Recognised {
  readonly kind: Library;
  readonly answer: Answer;
}
