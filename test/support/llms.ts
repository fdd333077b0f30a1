// The manual for language models (https://llmstxt.org), made from the tables in the code and from what coding agents are told.
import { readFileSync } from 'node:fs'
import type { CommandSpec } from '../../src/cli/command-line/command.ts'
import { COMMANDS } from '../../src/cli/command-line/command-table.ts'
import { EXIT_CODES, EXIT_MEANINGS } from '../../src/cli/exit.ts'
import { defaultOf, envNames } from '../../src/config/option-names.ts'
import { OPTION_KEYS, type OptionKey, optionOf } from '../../src/config/options.ts'
import { flagCell, meaningOf } from './docs.ts'

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

/** The manual: what dev-hook is, the loop, each command with its flags and examples, each option, the exit codes. */
export function llmsText(): string {
  const { description }: { readonly description: string } = JSON.parse(read('package.json'))
  const [, intro = ''] = read('README.md').split('\n\n')
  const skill = read('config/agents/SKILL.md').replace(/^---\n[\s\S]*?\n---\n\n# .*\n\n/, '')
  return `${[
    '# dev-hook',
    `> ${description}`,
    intro.replaceAll('\n', ' '),
    skill.trimEnd(),
    '## Commands',
    ...COMMANDS.map(commandText),
    '## Options',
    'Each may be given as a flag, in the environment, or (but for secrets) in the config file.',
    OPTION_KEYS.map(optionLine).join('\n'),
    '## Meaning of the exit codes',
    exitLines(),
    '## More',
    MORE.map(([name, path, says]) => `- [${name}](${path}): ${says}`).join('\n'),
  ].join('\n\n')}\n`
}

const MORE = [
  ['README', 'README.md', 'everything that people read, with every error code and what to do about it'],
  ['CHANGELOG', 'CHANGELOG.md', 'what changed in which version'],
  ['Config schema', 'config/dev-hook.schema.json', 'what a config file may hold'],
  ['Example bot', 'config/examples/echo-bot.js', 'a bot in a dozen lines'],
] as const

function commandText({ name, aliases, description, usage, own = [], options, examples }: CommandSpec): string {
  const line = `dev-hook ${name === 'dev' ? '' : `${name} `}${usage}`
  const also = aliases.length === 0 ? '' : ` Also: ${aliases.map((alias) => `\`dev-hook ${alias}\``).join(', ')}.`
  return [
    `### \`${line}\``,
    `${description}${also}`,
    ...(own.length === 0 ? [] : [own.map(({ flags, says }) => `- \`${flags}\`: ${says}`).join('\n')]),
    `Options: ${optionNames(options)}`,
    `\`\`\`sh\n${examples.map(([example, says]) => `${example}   # ${says}`).join('\n')}\n\`\`\``,
  ].join('\n\n')
}

function optionNames(keys: readonly OptionKey[]): string {
  const flags = keys.filter((key) => optionOf(key).flag !== false)
  return flags.length > OPTION_KEYS.length / 2 ? 'most of those below' : flags.map(flagCell).join(', ')
}

function optionLine(key: OptionKey): string {
  const fallback = defaultOf(key) === '' ? '' : ` (default: ${defaultOf(key)})`
  const names = envNames(key)
    .map((name) => `\`${name}\``)
    .join(', ')
  return `- ${flagCell(key)}, ${names}: ${meaningOf(key)}${fallback}`
}

function exitLines(): string {
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
  return names.map((name) => `- ${EXIT_CODES[name]}: ${EXIT_MEANINGS[name]}`).join('\n')
}
