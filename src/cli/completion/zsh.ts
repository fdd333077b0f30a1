// The completion script for zsh.
import type { CommandGrammar, FlagGrammar, Takes } from './grammar.ts'

/** Writes it. */
export function zshCompletion(commands: readonly CommandGrammar[]): string {
  const [daemon, ...others] = commands
  const alone = commands.filter(({ takesCommand }) => !takesCommand).flatMap(({ names }) => names)
  const described = commands.flatMap(({ names, says }) => names.map((name) => quoted(`${name}:${escaped(says)}`)))
  return `#compdef dev-hook
# Completion for dev-hook. In ~/.zshrc, after compinit:  source <(dev-hook completion zsh)
_dev_hook() {
  local -a subcommands=(
${described.map((line) => `    ${line}`).join('\n')}
    'help:help'
  )
  local -i dashes=\${words[(i)--]}
  if ((dashes < CURRENT)); then
    # What stands after \`--\` is a command of its own.
    [[ $words[2] == (${alone.join('|')}) ]] && return
    shift dashes words
    ((CURRENT -= dashes))
    _normal
    return
  fi
  if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
    _describe command subcommands
    return
  fi
  local command=$words[2]
  if [[ $command == -* ]]; then
    command=${daemon?.names[0] ?? ''}
  else
    shift words
    ((CURRENT--))
  fi
  case $command in
    help) _describe command subcommands ;;
${[...(daemon === undefined ? [] : [daemon]), ...others].map(caseOf).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _dev_hook "$@"
else
  compdef _dev_hook dev-hook
fi
`
}

function caseOf({ names, flags, word }: CommandGrammar): string {
  const rows = [...flags.map(specOf), ...(word.is === 'nothing' ? [] : [quoted(`1:word:${actionOf(word)}`)])]
  return [
    `    ${names.join(' | ')})`,
    '      _arguments -S \\',
    `        ${rows.join(' \\\n        ')}`,
    '      ;;',
  ].join('\n')
}

/** A flag as \`_arguments\` takes it. */
function specOf({ short, long, takes, repeats, says }: FlagGrammar): string {
  const value = takes.is === 'nothing' ? '' : `:${takes.is === 'text' ? takes.name : takes.is}:${actionOf(takes)}`
  const tail = quoted(`[${escaped(says)}]${value}`)
  const written = takes.is === 'nothing' ? long : `${long}=`
  if (short === null) return `${quoted(repeats ? '*' : '')}${written}${tail}`
  const shortWritten = takes.is === 'nothing' ? short : `${short}+`
  return `${quoted(repeats ? '*' : `(${short} ${long})`)}{${shortWritten},${written}}${tail}`
}

function actionOf(takes: Takes): string {
  if (takes.is === 'choice') return `(${takes.choices.join(' ')})`
  if (takes.is === 'listed') return `{compadd -- \${(f)"$(dev-hook completion --list ${takes.what} 2>/dev/null)"}}`
  if (takes.is === 'folder') return '_path_files -/'
  return takes.is === 'file' ? '_files' : ' '
}

const escaped = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&')
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
