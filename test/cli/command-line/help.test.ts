// Help, which is made without the parser of flags, next to what that parser itself would print.
import { describe, expect, it } from 'vitest'
import type { CommandSpec } from '../../../src/cli/command-line/command.ts'
import { flagsOf, HELP_FLAG, VERSION_FLAG } from '../../../src/cli/command-line/command-flags.ts'
import { COMMANDS } from '../../../src/cli/command-line/command-table.ts'
import { askedHelp, helpOf } from '../../../src/cli/command-line/help.ts'
import { parserOf } from '../../../src/cli/command-line/parser.ts'
import { parse } from '../../../src/cli/command-line/program.ts'

const [DAEMON] = COMMANDS

/** The help of commander, of the options and words that the parser of a command really takes. */
function printedByParser(spec: CommandSpec, columns: number): string {
  const parser = parserOf(spec)
    .name(spec === DAEMON ? 'dev-hook' : `dev-hook ${spec.name}`)
    .description(spec.description)
    .usage(spec.usage)
    .helpOption(HELP_FLAG.shown, HELP_FLAG.says)
    .configureHelp({ helpWidth: columns })
  const known = new Map([...flagsOf(spec), VERSION_FLAG].map((flag) => [flag.shown, flag]))
  for (const option of parser.options) {
    const { says, group } = known.get(option.flags) ?? { says: 'a flag that help does not know', group: 'Unknown:' }
    option.description = says
    option.helpGroup(group)
  }
  return parser.helpInformation()
}

/** The words of each part, however they are laid out. */
const paragraphs = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split('\n\n')
    .map((paragraph) => paragraph.replace(/\s+/g, ' '))

/** What help says besides, and the parser does not know. */
const OWN = /^(?:Commands \(|Examples:|Environment, |While it runs: )/

describe.each(COMMANDS.map((spec) => [spec.name, spec] as const))('The help of %s', (name, spec) => {
  it.each([40, 60, 80, 120, 200])(
    'has all that the parser would print, in the same order, in %d columns',
    (columns) => {
      const own = paragraphs(helpOf(spec, { columns })).filter((paragraph) => !OWN.test(paragraph))
      expect(own).toEqual(paragraphs(printedByParser(spec, columns)))
    },
  )

  it.each([40, 60, 80, 120])('has no line of more than %d columns that could be broken', (columns) => {
    const names = [...flagsOf(spec).map(({ shown }) => shown), ...spec.examples.map(([line]) => line)]
    const wide = helpOf(spec, { columns })
      .split('\n')
      .filter((line) => line.length > columns && line.trim().includes(' '))
    expect(wide.filter((line) => !names.includes(line.trim()))).toEqual([])
  })

  it('names every word that the parser takes', () => {
    const taken = parserOf(spec).registeredArguments.flatMap((argument) => argument.name().split('|'))
    // `words` is what the parser calls whatever follows the first: usage has a form for each.
    for (const word of taken.filter((each) => each !== 'words')) expect(spec.usage).toContain(word)
  })

  it.each([
    ['NAME', '--help'],
    ['NAME', '-h'],
    ['help', 'NAME'],
  ])('is what `%s %s` asks for, with the parser and without it', (...pattern) => {
    for (const called of [name, ...spec.aliases]) {
      const argv = pattern.map((word) => word.replace('NAME', called))
      expect(askedHelp(argv)).toBe(spec)
      expect(parse(argv)).toEqual({ is: 'help', spec })
    }
  })
})

describe('The help of a run', () => {
  it('names each variable that has no flag', () => {
    const [, text = ''] = helpOf(DAEMON, { columns: 120 }).split('Environment, ')
    const names = text
      .split('\n')
      .slice(1, -1)
      .map((line) => /^ {2}(\S*)/.exec(line)?.[1])
    expect(names).toContain('DEV_HOOK_BOT_AUTH')
    expect(names).not.toContain('')
  })
})
