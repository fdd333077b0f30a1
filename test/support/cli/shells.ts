// The shells that are installed here, and what each of them offers for a command line.
import { execFileSync, spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'

export type Shell = 'bash' | 'zsh' | 'fish'

/** Those of the shells that this machine has. */
export const installedShells = (): readonly Shell[] =>
  (['bash', 'zsh', 'fish'] as const).filter((shell) => spawnSync(shell, ['-c', 'exit 0']).status === 0)

/**
 * What a shell offers at the end of each line, after it has loaded a completion script. One process for all lines.
 * The last word of a line may be empty. Programs are looked for in `bin` first.
 */
export function completions(
  shell: Shell,
  script: string,
  lines: readonly string[],
  cwd: string,
  bin?: string,
): string[][] {
  const program = PROGRAMS[shell](script, lines)
  const args = shell === 'bash' ? ['--norc', '--noprofile'] : shell === 'zsh' ? ['-f'] : ['--no-config']
  const output = execFileSync(shell, [...args, '-c', program], { cwd, encoding: 'utf8', env: environment(bin) })
  return output
    .split(`${END}\n`)
    .slice(0, lines.length)
    .map((part) => part.split('\n').filter((line) => line !== ''))
}

const END = '== end of line =='

const environment = (bin: string | undefined): NodeJS.ProcessEnv => ({
  PATH: [...(bin === undefined ? [] : [bin]), process.env['PATH'] ?? ''].join(delimiter),
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  TERM: 'xterm',
})

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const PROGRAMS: Readonly<Record<Shell, (script: string, lines: readonly string[]) => string>> = {
  // As readline does it: `=` is a word of its own.
  bash: (script, lines) =>
    [
      script,
      ...lines.map((line) => {
        const words = line.split(' ').flatMap((word) => word.split(/(=)/).filter((part, i) => part !== '' || i === 0))
        return [
          `COMP_WORDS=(${words.map(quoted).join(' ')})`,
          `COMP_CWORD=${words.length - 1}`,
          'COMPREPLY=()',
          '_dev_hook',
          `printf "%s\\n" "\${COMPREPLY[@]}"`,
          `echo ${quoted(END)}`,
        ].join('\n')
      }),
    ].join('\n'),
  fish: (script, lines) =>
    [script, ...lines.map((line) => `complete -C ${quoted(line)} | string split -f1 \\t; echo ${quoted(END)}`)].join(
      '\n',
    ),
  zsh: (script, lines) =>
    [
      'zmodload zsh/zpty',
      'zpty inner zsh -f -i',
      `inner=$(mktemp); print -r -- ${quoted(ZSH_INNER)} > $inner; print -r -- ${quoted(script)} >> $inner`,
      'zpty -w inner "source $inner && print all\\ set"',
      'zpty -r inner got "*all set*"; rm $inner',
      ...lines.flatMap((line) => [
        // Ctrl-U empties the line before.
        `zpty -w -n inner $'\\x15'${quoted(line)}$'\\t'`,
        'zpty -r inner got "*end>>*"',
        `got=\${got##*<<begin}; got=\${got%%end>>*}; print -r -- \${got//$'\\r'/}`,
        `print -r -- ${quoted(END)}`,
      ]),
    ].join('\n'),
}

/** zsh completes only at a prompt of its own: a second zsh behind a pseudo-terminal, which writes down what it is offered. */
const ZSH_INNER = `
PROMPT= RPROMPT=
setopt no_beep no_list_beep
stty -echo
autoload -Uz compinit; compinit -u -D
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "$@"; return; fi
  local -a hits; builtin compadd -A hits "$@"
  (( $#hits )) && print -rl -- $hits
}
before() { print; print -r -- '<<begin'; compprefuncs=(before) }
after() { compstate[insert]= compstate[list]=; print -r -- 'end>>'; comppostfuncs=(after) }
compprefuncs=(before) comppostfuncs=(after)
bindkey '^I' complete-word
`
