// Time spent in each phase, for --time-passes. When it is off, `lap` costs one comparison.

export class Stopwatch {
  private readonly on: boolean;
  private at = 0;
  private phases: Record<string, number> = {};

  constructor(on: boolean) {
    this.on = on;
  }

  start(): void {
    if (this.on) this.at = performance.now();
  }

  /** Adds the time since the last call to `phase`. */
  lap(phase: string): void {
    if (!this.on) return;
    const now = performance.now();
    this.phases[phase] = (this.phases[phase] ?? 0) + now - this.at;
    this.at = now;
  }

  /** Milliseconds by phase since the last call. */
  take(): Record<string, number> {
    const taken = this.phases;
    this.phases = {};
    return taken;
  }
}
