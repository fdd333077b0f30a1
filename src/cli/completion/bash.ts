// The completion script for bash, from 3.2 on, which macOS has.
import type { CommandGrammar, FlagGrammar, Takes } from './grammar.ts'

/** Writes it. */
export function bashCompletion(commands: readonly CommandGrammar[]): string {
  const [daemon] = commands
  const names = commands.flatMap((command) => command.names)
  return `# Completion for dev-hook. In ~/.bashrc:  eval "$(dev-hook completion bash)"
_dev_hook() {
  local IFS=$'\\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' flags='' takes='' bot='' index
  # \`--hook=bot\` comes as three words.
  if [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  if [[ $cur == '=' ]]; then cur=''; fi
  if ((COMP_CWORD > 1)); then command=\${COMP_WORDS[1]}; fi
  case $command in
    help) takes=${words(names)} ;;
${commands.map((command) => `${caseOf(command, command === daemon)}`).join('\n')}
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ \${COMP_WORDS[index]} == -- ]]; then
      _dev_hook_bot "$bot" $((index + 1))
      return
    fi
  done
  if ((COMP_CWORD == 1)); then takes=${words([...names, 'help'])}; fi
  if [[ $cur == -* ]]; then takes=$flags; fi
  case $takes in
    '<file>') _dev_hook_files -f ;;
    '<folder>') _dev_hook_files -d ;;
    '<ids>' | '<profiles>' | '<events>')
      takes=\${takes#<}
      takes=$("\${COMP_WORDS[0]}" completion --list "\${takes%>}" 2>/dev/null)
      COMPREPLY=($(compgen -W "$takes" -- "$cur"))
      ;;
    *) COMPREPLY=($(compgen -W "$takes" -- "$cur")) ;;
  esac
}

_dev_hook_files() {
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# What stands after \`--\` is a command of its own.
_dev_hook_bot() {
  if [[ -z $1 ]]; then return; fi
  if declare -F _command_offset >/dev/null; then
    IFS=$' \\t\\n'
    _command_offset "$2"
  elif (($2 == COMP_CWORD)); then
    COMPREPLY=($(compgen -c -- "$cur"))
  else
    _dev_hook_files -f
  fi
}

complete -F _dev_hook dev-hook
`
}

function caseOf({ names, flags, word, takesCommand }: CommandGrammar, isDaemon: boolean): string {
  // The daemon is meant where no command is named.
  const pattern = isDaemon ? [...names, '-*', "''"] : names
  const values = new Map<string, string[]>()
  for (const flag of flags.filter(({ takes }) => takes.is !== 'nothing')) {
    const value = takesOf(flag.takes)
    values.set(value, [...(values.get(value) ?? []), ...namesOf(flag)])
  }
  const rows = [
    ...[...values].map(([value, of]) => `        ${of.join(' | ')}) takes=${value} flags='' ;;`),
    ...(word.is === 'nothing' ? [] : [`        *) takes=${takesOf(word)} ;;`]),
  ]
  return [
    `    ${pattern.join(' | ')})`,
    ...(takesCommand ? ['      bot=yes'] : []),
    `      flags=${words(flags.flatMap(namesOf))}`,
    '      case $prev in',
    ...rows,
    '      esac',
    '      ;;',
  ].join('\n')
}

const namesOf = ({ short, long }: FlagGrammar): string[] => (short === null ? [long] : [short, long])

function takesOf(takes: Takes): string {
  if (takes.is === 'choice') return words(takes.choices)
  if (takes.is === 'listed') return `'<${takes.what}>'`
  return takes.is === 'file' || takes.is === 'folder' ? `'<${takes.is}>'` : "''"
}

/** Names, flags and choices hold letters, digits and dashes only. */
const words = (list: readonly string[]): string => `$'${list.join('\\n')}'`
