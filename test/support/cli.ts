// Running the command line of the bundled compiler, and a directory of its own for each test file.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostTarget } from "../../compiler/link/machines.ts";
import { cacheDirectory } from "../../compiler/link/runtime.ts";
import { targetNames } from "../../targets/index.ts";
import { root } from "./native.ts";

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The target of tests that need one only: this machine's where there is one. */
export const testTarget = [hostTarget(), ...targetNames()].find((t) => t && targetNames().includes(t))!;

export const program = join(root, "bin/wasmaot");

/** A directory that `remove` takes away again. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), "wasmaot-test-"));

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** An environment in which commands have a cache of their own, but for the compiled runtime, which takes long to make. */
  withCache(): { XDG_CACHE_HOME: string } {
    const runtime = join(cacheDirectory(), "runtime");
    mkdirSync(runtime, { recursive: true });
    mkdirSync(this.path("cache/wasmaot"), { recursive: true });
    symlinkSync(runtime, this.path("cache/wasmaot/runtime"));
    return { XDG_CACHE_HOME: this.path("cache") };
  }

  /** Runs wasmaot in the directory. */
  wasmaot(args: readonly string[], environment: NodeJS.ProcessEnv = {}): CommandResult {
    return this.run(process.execPath, [program, ...args], environment);
  }

  run(command: string, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}): CommandResult {
    const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
      cwd: this.directory,
      encoding: "utf8",
      env: { ...process.env, ...environment },
      timeout: 120_000,
      maxBuffer: 1 << 28,
    });
    if (error !== undefined && status === null && signal === null) throw error;
    return { status, stdout, stderr };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
