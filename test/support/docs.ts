// The tables of README and CONTRIBUTING, and the JSON Schema, made from the tables in the code.
import { EXIT_CODES, EXIT_MEANINGS } from '../../src/cli/exit.ts'
import { keyHelp } from '../../src/cli/keys/key-table.ts'
import { readTemplates } from '../../src/config/events/read-templates.ts'
import { FILE_KEYS } from '../../src/config/layers.ts'
import { defaultOf, envNames, flagName } from '../../src/config/option-names.ts'
import { OPTION_KEYS, type OptionKey, optionOf } from '../../src/config/options.ts'
import { HANDED_ON } from '../../src/core/child-environment.ts'
import { ERRORS } from '../../src/core/errors.ts'
import { STOP_ORDER } from '../../src/daemon/stop-order.ts'
import type { Evidence } from '../../src/protocol/templates/template.ts'
import { GRANTS } from '../../src/sandbox/access/permissions.ts'
import { CHAOS_WORDS } from '../../src/sandbox/chaos/chaos-words.ts'
import { DIFFERENCES, FACTS } from '../contract/facts.ts'

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const escaped = (text: string): string => text.replaceAll('|', '\\|')

/** The flag of an option, as code: `` `--port`, `-p` ``. */
export function flagCell(key: OptionKey): string {
  const { kind, flag, short, saysNo } = optionOf(key)
  if (flag === false) return '(no flag)'
  const negative = kind.shown === null && saysNo !== undefined && !kind.canBeOff
  const name = `\`--${negative ? 'no-' : ''}${flagName(key)}\``
  return short === undefined ? name : `${name}, \`-${short}\``
}

/** What an option means, and what its negation does. */
export function meaningOf(key: OptionKey): string {
  const { kind, says, saysNo } = optionOf(key)
  if (saysNo === undefined) return says
  return kind.shown === null && !kind.canBeOff ? saysNo : `${says}; \`--no-${flagName(key)}\`: ${saysNo}`
}

/** The options, one row each. */
export function optionTable(): string {
  const rows = OPTION_KEYS.map((key) => {
    const names = envNames(key).map((name) => `\`${name}\``)
    return row([flagCell(key), escaped(meaningOf(key)), names.join(', '), escaped(defaultOf(key))])
  })
  return [row(['flag', 'meaning', 'environment', 'default']), row(['---', '---', '---', '---']), ...rows].join('\n')
}

/** The codes of errors and warnings, one row each. */
export function errorTable(): string {
  const rows = Object.values(ERRORS).map(({ code, means, remedy }) =>
    row([`\`${code}\``, escaped(means), escaped(remedy)]),
  )
  return [row(['code', 'means', 'what to do']), row(['---', '---', '---']), ...rows].join('\n')
}

/** The keys of a run, one row each. */
export function keyTable(): string {
  const rows = keyHelp(true).map(([shown, says]) =>
    row([
      shown
        .split(' ')
        .map((key) => `\`${key}\``)
        .join(' '),
      says,
    ]),
  )
  return [row(['key', 'does']), row(['---', '---']), ...rows].join('\n')
}

/** The exit codes, one row each. */
export function exitTable(): string {
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
  const rows = names.map((name) => row([String(EXIT_CODES[name]), EXIT_MEANINGS[name]]))
  return [
    row(['code', 'means']),
    row(['---', '---']),
    ...rows,
    row(['130, 143', 'stopped at once by a second signal']),
  ].join('\n')
}

/** The order of the end of a run, one row each. */
export function stopOrderTable(): string {
  const rows = STOP_ORDER.map(({ name, ends, limitMs }) => row([name, ends, `${limitMs / 1_000} s`]))
  return [row(['part', 'at the end', 'limit']), row(['---', '---', '---']), ...rows].join('\n')
}

/** The variables that children of dev-hook's own are given, a group a line. */
export function childEnvironmentList(): string {
  const groups = [...HANDED_ON, ['LC_*']]
  return groups.map((names) => `- ${names.map((name) => `\`${name}\``).join(', ')}`).join('\n')
}

/** What the sandbox takes for true of the platform, one row each: what it rests on, and what was seen otherwise. */
export function factTable(): string {
  const marks = { documented: 'documented', sdk: 'SDK', inferred: 'inferred', unknown: 'not known' }
  const rows = FACTS.map(({ area, says, basis, source, check, writes }) => {
    const seen = DIFFERENCES.find((difference) => difference.says === says)
    const otherwise = seen === undefined ? '' : ` **Seen otherwise on ${seen.on}: ${seen.seen}**`
    const how = check === undefined ? '' : writes === true ? 'by writing' : 'by reading'
    const where = source === undefined ? marks[basis] : `${marks[basis]}: ${source}`
    return row([area, escaped(says) + escaped(otherwise), escaped(where), how])
  })
  return [
    row(['about', 'what the sandbox does', 'rests on', 'checked']),
    row(['---', '---', '---', '---']),
    ...rows,
  ].join('\n')
}

/** The words of chaos, one row each. */
export function chaosTable(): string {
  const rows = Object.entries(CHAOS_WORDS).map(([word, { kind, does }]) =>
    row([`\`${word}\``, kind === 'duration' ? 'a time' : 'a probability', does]),
  )
  return [row(['word', 'value', 'does']), row(['---', '---', '---']), ...rows].join('\n')
}

/** Who may do what in the sandbox, one row for each resource, and what that rests on. */
export function permissionTable(): string {
  const marks = { documented: '', sdk: ' (SDK)', inferred: ' (inferred)' }
  const actions = ['list', 'fetch', 'create', 'update', 'delete'] as const
  const rows = Object.entries(GRANTS).map(([resource, grants]) =>
    row([
      `\`${resource}\``,
      ...actions.map((action) => {
        const { least, own, source } = grants[action]
        return `${least}${own === undefined ? '' : `, own: ${own}`}${marks[source]}`
      }),
    ]),
  )
  return [row(['resource', ...actions]), row(['---', ...actions.map(() => '---')]), ...rows].join('\n')
}

/** The schema of a config file. */
export function configSchema(): string {
  const properties = Object.fromEntries(
    FILE_KEYS.map((key) => {
      const { kind, says, fallback } = optionOf(key)
      const defaults = fallback === null ? {} : { default: kind.inFile(fallback) }
      return [key, { ...kind.schema, description: says, ...defaults }]
    }),
  )
  const files = { type: 'string', description: 'a config file whose values lie below those of this one' }
  const profiles = {
    type: 'object',
    description: 'several bots in one file: what each has of its own, chosen with --profile',
    additionalProperties: { type: 'object', properties, additionalProperties: false },
  }
  const own = { $schema: { type: 'string' }, extends: { anyOf: [files, { type: 'array', items: files }] }, profiles }
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'dev-hook',
    type: 'object',
    properties: { ...own, ...properties },
    additionalProperties: false,
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

const EVIDENCE_WORDS: Readonly<Record<Evidence, string>> = {
  documented: 'documented',
  sdk: 'SDK',
  inferred: 'inferred',
}

/** The templates of events, one row each. */
export async function eventTable(): Promise<string> {
  const { templates } = await readTemplates()
  const rows = templates.map(({ name, says, evidence, events: [event = '', ...others] }) => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return row([`\`${name}\``, `\`${event}\`${more}`, escaped(says), EVIDENCE_WORDS[evidence]])
  })
  return [row(['template', 'event', 'what happens', 'known from']), row(['---', '---', '---', '---']), ...rows].join(
    '\n',
  )
}
