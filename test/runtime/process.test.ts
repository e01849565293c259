// How processes with the ordinary rt_main start and end: messages, exit statuses, variables, limits of the system.
import { describe, expect, test } from "vitest";
import { buildWithRuntime, clang, nativeTargets, run, runNative } from "../support/native.ts";

const trap = "wasm trap: unreachable\n  at leaf (function 6)\n  at caller (function 7)\n";

for (const target of nativeTargets) {
  const build = (...defines: string[]) =>
    buildWithRuntime(
      clang(target),
      target,
      ["test/runtime/process.c", "test/runtime/program.c", `test/runtime/functions-${target.name}.S`],
      defines.map((x) => `-D${x}`),
    );
  const outcome = async (program: string, environment: NodeJS.ProcessEnv = {}) => {
    const { status, stderr } = await runNative(target, program, [], environment);
    return `${status} ${stderr}`;
  };

  describe(`processes on ${target.name}`, () => {
    test("a linked program runs; its trap is reported", async () => {
      expect(await outcome(await build())).toBe(`134 ${trap}`);
    });

    test("link errors", async () => {
      const reason = (text: string) => `1 wasmaot: cannot instantiate module "second": ${text}\n`;
      expect(await outcome(await build('IMPORT="memo"'))).toBe(reason('unknown import "first" "memo"'));
      expect(await outcome(await build('IMPORT="table"'))).toBe(
        reason('incompatible import type "first" "table"'),
      );
      expect(await outcome(await build("IMPORT_MAX=5"))).toBe(
        reason('incompatible import type "first" "memory"'),
      );
      expect(await outcome(await build('ENTRY="nope"'))).toBe(
        "1 wasmaot: the program exports no function nope\n",
      );
      expect(await outcome(await build('ENTRY="memory"'))).toBe(
        "1 wasmaot: the program exports no function memory\n",
      );
    });

    test("CPU features", async () => {
      const present = { "x86-64": "sse4.2", aarch64: "fp", riscv64: "d" }[target.name];
      expect(await outcome(await build(`FEATURE="${present}"`))).toBe(`134 ${trap}`);
      expect(await outcome(await build('FEATURE="warp"'))).toBe(
        "1 wasmaot: this program was compiled for a CPU feature the runtime does not know: warp\n",
      );
      const [absent, cpu] = {
        "x86-64": ["x86-64-v3", "qemu64"],
        aarch64: ["sve", "cortex-a53"],
        riscv64: ["v", "rv64"],
      }[target.name];
      const older = await run(`qemu-${target.machine}`, ["-cpu", cpu, await build(`FEATURE="${absent}"`)]);
      expect(older).toEqual({
        status: 1,
        stdout: "",
        stderr: `wasmaot: this machine's CPU lacks ${absent}, which the program was compiled for (see --cpu)\n`,
      });
    });

    if (target.name === "x86-64") {
      test("a baseline feature is asked for after an illegal instruction", async () => {
        const program = await build("FIRST", 'FEATURE="x86-64-v2"', 'ENTRY="illegal"');
        expect(await outcome(program)).toBe("132 ");
        expect((await run("qemu-x86_64", ["-cpu", "qemu64", program])).stderr).toBe(
          "wasmaot: this machine's CPU lacks x86-64-v2, which the program was compiled for (see --cpu)\n",
        );
      });

      test("several modules need wrgsbase", async () => {
        expect((await run("qemu-x86_64", ["-cpu", "qemu64", await build()])).stderr).toBe(
          "wasmaot: a program of several modules needs Linux 5.9 or later on this CPU (or --instance pointer)\n",
        );
      });
    }

    test("variables", async () => {
      const program = await build();
      const over = "out of memory: its initial memory is over the limit";
      expect(await outcome(program, { WASMAOT_MAX_MEMORY: "128K" })).toBe(`134 ${trap}`);
      expect(await outcome(program, { WASMAOT_MAX_MEMORY: "127K" })).toBe(
        `1 wasmaot: cannot instantiate module "second": ${over}\n`,
      );
      expect(await outcome(program, { WASMAOT_MAX_MEMORY: "1000" })).toBe(
        `1 wasmaot: cannot instantiate module "test": ${over}\n`,
      );
      for (const bad of ["", "x", "1T", "12KB", "99999999999G"])
        expect(await outcome(program, { WASMAOT_STACK: bad })).toBe(
          `1 wasmaot: WASMAOT_STACK: not a size (a number, with K, M or G behind it): ${bad}\n`,
        );
      expect(await outcome(program, { WASMAOT_STACK: "1G" })).toBe(`134 ${trap}`);
      const refusing = await build("FLAGS=RT_PROGRAM_NO_ENV_GRANTS");
      expect(await outcome(refusing, { WASMAOT_MAX_MEMORY: "1000", WASMAOT_STACK: "x" })).toBe(`134 ${trap}`);
    });

    // qemu needs gigabytes for itself, and has a switch for what the machine itself cannot show: a host with pages of 64 KiB.
    if (target.name === "x86-64") {
      test("little address space", async () => {
        const limited = (program: string) => run("sh", ["-c", `ulimit -v 200000; exec ${program}`]);
        expect(await limited(await build())).toEqual({
          status: 1,
          stdout: "",
          stderr:
            'wasmaot: cannot instantiate module "test": cannot reserve 6 GiB of address space for its memory (see ulimit -v; --bounds explicit needs less)\n',
        });
        expect((await limited(await build("ALONE", 'ENTRY="nope"'))).stderr).toBe(
          "wasmaot: the program exports no function nope\n",
        );
      });
    } else {
      test("large pages", async () => {
        const { status, stderr } = await run(`qemu-${target.machine}`, ["-p", "65536", await build()]);
        expect(`${status} ${stderr}`).toBe(`134 ${trap}`);
      });
    }
  });
}
