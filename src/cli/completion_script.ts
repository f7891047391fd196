import type { Command } from "./command.ts";
import { COMMON_FLAGS } from "./common_flags.ts";
import { type Flag, flagName } from "./flag.ts";

/** The shells for which there are completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/**
 * Writes the script that makes a shell complete our command lines: commands, flags, the words that a
 * flag can have, and files where nothing better is known.
 *
 * @param shell The shell.
 * @param commands All commands; the first is the one that is meant where none is named.
 * @returns The script.
 */
export function completionScript(
  shell: (typeof SHELLS)[number],
  commands: readonly Command[],
): string {
  return { bash, zsh, fish }[shell](commands);
}

function flagsOf(command: Command): [key: string, flag: Flag<unknown>][] {
  return Object.entries({ ...command.flags, ...COMMON_FLAGS });
}

/** The flags of all commands that have a list of values, each once. */
function choicesOf(commands: readonly Command[]): Map<string, readonly string[]> {
  const choices = new Map<string, readonly string[]>();
  for (const [key, flag] of commands.flatMap(flagsOf)) {
    if (flag.choices !== undefined) choices.set(`--${flagName(key)}`, flag.choices);
  }
  return choices;
}

function bash(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name);
  const choices = [...choicesOf(commands)].map(([flag, words]) =>
    `    ${flag}) COMPREPLY=($(compgen -W '${words.join(" ")}' -- "$word")); return ;;\n`
  );
  const flags = commands.map((command) => {
    const words = flagsOf(command).map(([key]) => `--${flagName(key)}`);
    return `    ${command.name}) words='${words.join(" ")}' ;;\n`;
  });
  return `# Completions of vfs-server for bash: source this file.
_vfs_server() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local command=${names[0]} words
  case \${COMP_WORDS[1]} in
    ${names.join("|")}) [[ $COMP_CWORD -gt 1 ]] && command=\${COMP_WORDS[1]} ;;
  esac
  case $before in
${choices.join("")}  esac
  case $command in
${flags.join("")}  esac
  [[ $COMP_CWORD -eq 1 ]] && words="${names.join(" ")} $words"
  COMPREPLY=()
  [[ $word == -* || $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _vfs_server vfs-server
`;
}

function zsh(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'\n`);
  const cases = commands.map((command) => {
    const specs = flagsOf(command).map(([key, flag]) => `        ${zshFlag(key, flag)}`);
    return `      ${command.name})\n        _arguments \\\n${
      specs.join(" \\\n")
    } \\\n        '*:file:_files' ;;\n`;
  });
  return `#compdef vfs-server
# Completions of vfs-server for zsh: put this file, named _vfs-server, where fpath finds it.
_vfs_server() {
  local -a names=(
${names.join("")}  )
  local name=${commands[0]!.name}
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe command names
    return
  fi
  if [[ -n \${(M)names:#\${words[2]}:*} ]]; then
    name=\${words[2]}
    shift words
    (( CURRENT-- ))
  fi
  case $name in
${cases.join("")}  esac
}
# The first time, fpath runs this file in the place of the function.
if [[ \${funcstack[1]} == _vfs-server ]]; then
  _vfs_server "$@"
else
  compdef _vfs_server vfs-server
fi
`;
}

function zshFlag(key: string, { summary, value, short, choices, isList }: Flag<unknown>): string {
  const long = `--${flagName(key)}`;
  const meaning = `[${quote(summary).replace(/[[\]:]/g, "\\$&")}]`;
  const action = choices === undefined ? "_files" : `(${choices.join(" ")})`;
  const argument = value === undefined ? "" : `:${value.replaceAll(":", "\\:")}:${action}`;
  const star = isList ? "*" : "";
  if (short === undefined) return `'${star}${long}${meaning}${argument}'`;
  const group = isList ? "'*'" : `'(-${short} ${long})'`;
  return `${group}{-${short},${long}}'${meaning}${argument}'`;
}

function fish(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const lines = commands.flatMap((command, i) => {
    const seen = `__fish_seen_subcommand_from ${i === 0 ? names : command.name}`;
    const condition = i === 0
      ? `not ${seen}; or __fish_seen_subcommand_from ${command.name}`
      : seen;
    return flagsOf(command).map(([key, { summary, value, short, choices }]) => {
      const parts = [
        `complete -c vfs-server -n '${condition}' -l ${flagName(key)}`,
        short === undefined ? "" : `-s ${short}`,
        value === undefined ? "" : choices === undefined ? "-r" : `-x -a '${choices.join(" ")}'`,
        `-d '${quote(summary)}'`,
      ];
      return parts.filter((part) => part !== "").join(" ");
    });
  });
  const offers = commands.map(({ name, summary }) =>
    `complete -c vfs-server -n __fish_use_subcommand -a ${name} -d '${quote(summary)}'`
  );
  return `# Completions of vfs-server for fish: put this file into ~/.config/fish/completions.\n${
    [...offers, ...lines].join("\n")
  }\n`;
}

/** Makes text fit between the single quotes of all three shells. */
function quote(text: string): string {
  return text.replaceAll("'", "’");
}
