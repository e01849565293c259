// Text of strangers (names in modules, file names, what tools say) made safe to show.

/** Control and format characters and the breakers of lines: they could rewrite a terminal, reorder what is read or forge lines of a log. */
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** `text` on one line, with hidden characters as \u{...}. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
