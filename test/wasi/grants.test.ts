// What reaches a program and what does not: grants built in and from variables, refused ones, limits, listeners, --deterministic.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hostTarget } from "../../compiler/link/machines.ts";
import { targetNames } from "../../targets/index.ts";
import { testTarget } from "../support/cli.ts";
import { nativeTargets, runNative } from "../support/native.ts";
import { box, buildFor, emptyBox, wasmOf, workspace } from "./build.ts";

afterAll(() => workspace.remove());

const target = nativeTargets.find((t) => t.name === testTarget)!;

function makeBox(): void {
  emptyBox();
  for (const name of ["a", "b", "c;d"]) {
    mkdirSync(join(box, name));
    writeFileSync(join(box, name, "old"), "old");
  }
}

const none = "arg0 me\n";

describe("grants", { timeout: 120_000 }, () => {
  let bare: string;
  beforeAll(async () => {
    bare = await buildFor("grants", testTarget, ["--arg0", "me"]);
  }, 120_000);
  beforeEach(makeBox);

  const outcome = async (program: string, environment: NodeJS.ProcessEnv = {}, args: string[] = []) => {
    const { status, stdout, stderr } = await runNative(target, program, args, environment);
    return { status, stdout, stderr };
  };
  const says = (stdout: string) => ({ status: 0, stdout, stderr: "" });

  test("nothing by default", async () => {
    expect(await outcome(bare, { SECRET: "x" })).toEqual(says(none));
  });

  test("built in", async () => {
    const options = [
      "--arg0",
      "me",
      "--dir",
      `${box}/a::/data:ro`,
      "--dir",
      `${box}/b`,
      "--env",
      "A=1",
      "--env",
      "B=x=y",
    ];
    const program = await buildFor("grants", testTarget, options);
    const dirs = `/data: read ok, write PERM\n${box}/b: read ok, write ok\n`;
    expect(await outcome(program)).toEqual(says(`${none}env A=1\nenv B=x=y\n${dirs}`));
    const more = { WASMAOT_DIR: `${box}/a::/more`, WASMAOT_ENV: "A=2;C=3" };
    expect(await outcome(program, more)).toEqual(
      says(`${none}env A=2\nenv B=x=y\nenv C=3\n${dirs}/more: read ok, write ok\n`),
    );
    const report = workspace.wasmaot(["inspect", program]).stdout;
    expect(report).toContain(`dir ${box}/a /data (read only)`);
    expect(report).toContain("env A 1");
    expect(report).toMatch(/system calls allowed by the filter:\n(.*\n)* {2}openat2\n/);
    expect(report).not.toContain("symlinkat");
  });

  test("from variables", async () => {
    const escaped = `${box}/c\\;d::/odd`;
    const environment = { WASMAOT_DIR: `${escaped};${box}/a:ro`, WASMAOT_ENV: "A=1\\;2;B=" };
    const dirs = `/odd: read ok, write ok\n${box}/a: read ok, write PERM\n`;
    expect(await outcome(bare, environment)).toEqual(says(`${none}env A=1;2\nenv B=\n${dirs}`));
  });

  test("refused", async () => {
    const program = await buildFor("grants", testTarget, ["--arg0", "me", "--no-env-grants"]);
    expect(await outcome(program, { WASMAOT_DIR: box, WASMAOT_ENV: "A=1" })).toEqual(says(none));
  });

  test("the environment it is started with", async () => {
    const program = await buildFor("grants", testTarget, [
      "--arg0",
      "me",
      "--env-inherit",
      "--env",
      "SECRET=y",
    ]);
    const { stdout } = await outcome(program, { SECRET: "x", OTHER: "z", WASMAOT_ENV: "C=3" });
    expect(stdout).toContain("env SECRET=y\n");
    expect(stdout).toContain("env OTHER=z\n");
    expect(stdout).toContain("env C=3\n");
    expect(stdout).not.toContain("WASMAOT");
  });

  test("that cannot be given", async () => {
    expect(await outcome(bare, { WASMAOT_DIR: `${box}/none` })).toEqual({
      status: 1,
      stdout: "",
      stderr: `wasmaot: cannot open the granted directory ${box}/none: it does not exist\n`,
    });
    expect((await outcome(bare, { WASMAOT_DIR: `${box}/a/old` })).stderr).toContain("it is not a directory");
    expect((await outcome(bare, { WASMAOT_DIR: "::/x" })).stderr).toContain("expected host[::guest][:ro]");
  });

  test("limits of files", async () => {
    const program = await buildFor("grants", testTarget, [
      "--arg0",
      "me",
      "--max-files",
      "10",
      "--dir",
      `${box}/a`,
    ]);
    const { stdout } = await outcome(program, {}, ["more"]);
    // 0 to 3, and the two that were opened to see whether they may be.
    expect(stdout).toContain("4 more files, then MFILE\n");
  });

  test("given to run", async () => {
    const module = await wasmOf("grants");
    const args = ["run", module, "--arg0", "me", "--dir", `${box}/a::/x:ro`, "--env", "A=;", "--quiet"];
    const { status, stdout } = workspace.wasmaot(args, { WASMAOT_ENV: "B=2" });
    expect(stdout).toBe(`${none}env B=2\nenv A=;\n/x: read ok, write PERM\n`);
    expect(status).toBe(0);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Runs a program that listens, says "hello" to it and returns what it answers and prints. */
function converse(program: string, port: number): Promise<{ answer: string; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, { env: { WASMAOT_LISTEN: `localhost:${port}` } });
    let stdout = "";
    let answer = "";
    child.on("error", reject);
    child.stdout.on("data", (text) => {
      stdout += text;
      if (stdout !== "listening\n") return;
      const socket = connect(port, "127.0.0.1", () => socket.write("hello"));
      socket.on("data", (more) => (answer += more));
      socket.on("error", reject);
    });
    child.on("close", () => resolve({ answer, stdout }));
  });
}

test.skipIf(hostTarget() === undefined)("listeners", { timeout: 60_000 }, async () => {
  const port = await freePort();
  const { answer, stdout } = await converse(await buildFor("listener", testTarget), port);
  expect(answer).toBe("HELLO");
  expect(stdout.split("\n")).toEqual([
    "listening",
    "__wasi_sock_accept(ROOT, 0, &fd): ok",
    "__wasi_fd_fdstat_get(fd, &fs): ok",
    "type 6",
    "__wasi_sock_recv(fd, &in, 1, __WASI_RIFLAGS_RECV_PEEK, &n, &flags): ok",
    "__wasi_fd_read(fd, &in, 1, &n): ok",
    "hello",
    "__wasi_sock_send(fd, &out, 1, 0, &sent): ok",
    "1",
    "__wasi_sock_send(fd, &out, 1, 1, &sent): INVAL",
    "__wasi_sock_shutdown(fd, 0): INVAL",
    "__wasi_sock_shutdown(fd, __WASI_SDFLAGS_WR): ok",
    "__wasi_fd_write(fd, &out, 1, &sent): PIPE",
    "__wasi_sock_recv(fd, &in, 1, 0, &n, &flags): ok",
    "0",
    "__wasi_fd_close(fd): ok",
    "",
  ]);
});

test("--deterministic: the same bytes on every target", { timeout: 120_000 }, async () => {
  const outputs = new Set<string>();
  for (const name of targetNames()) {
    const options = ["--deterministic", "--dir", `${box}::/`, "--env-inherit"];
    const program = await buildFor("deterministic", name, options);
    for (let i = 0; i < 2; i++) {
      emptyBox();
      outputs.add((await runNative(nativeTargets.find((t) => t.name === name)!, program)).stdout);
    }
  }
  expect([...outputs]).toHaveLength(1);
  const lines = [...outputs][0].split("\n");
  expect(lines.slice(0, 4)).toEqual(["1000000000001000000", "2000000", "1000000000003000000", "4000000"]);
  expect(lines[5]).toBe("an hour later 3600005000000");
  expect(lines.slice(8, 16).map((l) => l.split(" ")[1])).toEqual([".", "..", "a", "b", "k", "m", "y", "z"]);
  expect(lines.at(-2)).toBe("7ff8000000000000");
});
