// The completion script for fish.
import type { CommandGrammar, FlagGrammar, Takes } from './grammar.ts'

/** Writes it. */
export function fishCompletion(commands: readonly CommandGrammar[]): string {
  const [daemon] = commands
  const first = commands.flatMap(({ names, says }) => names.map((name) => ({ name, says })))
  const takers = commands.filter(({ takesCommand }) => takesCommand).flatMap(({ names }) => names)
  return `# Completion for dev-hook:  dev-hook completion fish > ~/.config/fish/completions/dev-hook.fish
function __dev_hook_command
    set -l words (commandline -opc)
    if set -q words[2]; and not string match -q -- '-*' $words[2]
        echo $words[2]
    else
        echo ${daemon?.names[0] ?? ''}
    end
end

function __dev_hook_in
    not contains -- -- (commandline -opc)
    and contains -- (__dev_hook_command) $argv
end

function __dev_hook_first
    test (count (commandline -opc)) -eq 1
end

# What stands after \`--\` is a command of its own.
function __dev_hook_after_dashes
    contains -- -- (commandline -opc)
    and contains -- (__dev_hook_command) ${takers.join(' ')}
end

function __dev_hook_bot
    set -l words (commandline -opc) (commandline -ct)
    __fish_complete_subcommand --commandline $words[(math (contains -i -- -- $words) + 1)..-1]
end

complete -c dev-hook -e
complete -c dev-hook -f
complete -c dev-hook -n __dev_hook_after_dashes -a '(__dev_hook_bot)'
${first.map(({ name, says }) => `complete -c dev-hook -n __dev_hook_first -a ${name} -d ${quoted(says)}`).join('\n')}
complete -c dev-hook -n __dev_hook_first -a help -d help
complete -c dev-hook -n '__dev_hook_in help' -a ${quoted(first.map(({ name }) => name).join(' '))}
${commands.map(linesOf).join('\n')}
`
}

function linesOf({ names, flags, word }: CommandGrammar): string {
  const start = `complete -c dev-hook -n ${quoted(`__dev_hook_in ${names.join(' ')}`)}`
  const lines = flags.map((flag) => `${start} ${flagOf(flag)} -d ${quoted(flag.says)}`)
  return [...lines, ...(word.is === 'nothing' ? [] : [start + actionOf(word)])].join('\n')
}

function flagOf({ short, long, takes }: FlagGrammar): string {
  const names = short === null ? `-l ${long.slice(2)}` : `-s ${short.slice(1)} -l ${long.slice(2)}`
  return takes.is === 'nothing' ? names : `${names} -r${actionOf(takes)}`
}

function actionOf(takes: Takes): string {
  if (takes.is === 'choice') return ` -f -a ${quoted(takes.choices.join(' '))}`
  if (takes.is === 'listed') return ` -f -a '(dev-hook completion --list ${takes.what} 2>/dev/null)'`
  if (takes.is === 'folder') return " -f -a '(__fish_complete_directories (commandline -ct))'"
  return takes.is === 'file' ? ' -F' : ' -f'
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`
