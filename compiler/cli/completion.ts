// `wasmaot completion`: scripts that let a shell complete our commands, options and their values. The words come from yargs, which answers
// --get-yargs-completions with the line so far; files complete as the shell does it by itself.
import type { ArgumentsCamelCase, Argv } from "yargs";

const scripts = {
  bash: `_wasmaot() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words
  words=$(wasmaot --get-yargs-completions "\${COMP_WORDS[@]:0:COMP_CWORD+1}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o bashdefault -o default -F _wasmaot wasmaot
`,
  zsh: `#compdef wasmaot
_wasmaot() {
  local -a replies
  replies=(\${(f)"$(SHELL=zsh wasmaot --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)"})
  _describe wasmaot replies
  _files
}
compdef _wasmaot wasmaot
`,
  fish: `function __wasmaot_words
  wasmaot --get-yargs-completions (commandline -opc) (commandline -ct) 2>/dev/null
end
complete -c wasmaot -a '(__wasmaot_words)'
`,
} as const;

type Shell = keyof typeof scripts;

export const command = "completion <shell>";
export const describe = "print a completion script for a shell";

export function builder(yargs: Argv) {
  return yargs
    .positional("shell", { type: "string", demandOption: true, choices: Object.keys(scripts) as Shell[] })
    .example("$0 completion bash >> ~/.bashrc", "completion in every new bash")
    .example("$0 completion zsh > ~/.zfunc/_wasmaot", "in a directory of zsh's fpath")
    .example("$0 completion fish > ~/.config/fish/completions/wasmaot.fish", "for fish");
}

export function handler(argv: ArgumentsCamelCase<{ shell: Shell }>): void {
  process.stdout.write(scripts[argv.shell]);
}
