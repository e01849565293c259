// Progress of long work, on one line of a terminal: nothing in the first half second, nothing when standard error is not a terminal.

const QUIET_MS = 500;
const REDRAW_MS = 100;

export class Progress {
  private readonly shown: boolean;
  private readonly start = performance.now();
  private last = 0;
  private drawn = false;

  constructor(quiet: boolean) {
    this.shown = !quiet && process.stderr.isTTY === true;
  }

  update(what: string, fraction?: number): void {
    if (!this.shown) return;
    const now = performance.now();
    if (now - this.start < QUIET_MS || now - this.last < REDRAW_MS) return;
    this.last = now;
    this.drawn = true;
    const percent = fraction === undefined ? "" : ` ${Math.floor(fraction * 100)}%`;
    process.stderr.write(`\r\x1b[K${what}${percent}`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.drawn) process.stderr.write("\r\x1b[K");
    this.drawn = false;
  }
}
