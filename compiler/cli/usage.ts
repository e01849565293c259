// What is wrong with a command line, in our words: yargs' own messages name neither the option as it was written nor what to do.

interface Complaint {
  readonly pattern: RegExp;
  say(match: RegExpExecArray, command: string | undefined): string;
}

const option = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

const complaints: readonly Complaint[] = [
  {
    pattern: /^Unknown (?:arguments?|commands?): (.*)$/s,
    say: ([, names], command) => {
      const [name] = names.split(", ");
      if (command === undefined) return `unknown command "${name}"`;
      return command === "run"
        ? `unknown argument "${name}" (options for the program go after --)`
        : `unknown argument "${name}"`;
    },
  },
  {
    pattern: /^Not enough non-option arguments/,
    say: (_, command) => `${command} needs ${command === "completion" ? "the name of a shell" : "a file"}`,
  },
  {
    pattern: /Argument: (\S+), Given: (.*), Choices: (.*)/,
    say: ([, name, given, choices]) => {
      const written = name === "shell" ? "completion" : option(name);
      return `${written} ${given}: expected one of ${choices.replaceAll('"', "")}`;
    },
  },
  { pattern: /^Not enough arguments following: (\S+)/, say: ([, name]) => `${option(name)} needs a value` },
];

/** One line for a message of yargs about the arguments of `command` (undefined: none was recognised). */
export function explain(message: string, command: string | undefined): string {
  const help = `see wasmaot ${command === undefined ? "" : `${command} `}--help`;
  for (const { pattern, say } of complaints) {
    const match = pattern.exec(message);
    if (match !== null) return `${say(match, command)}; ${help}`;
  }
  return `${message.split("\n").join("; ")}; ${help}`;
}
