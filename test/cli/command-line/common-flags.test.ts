import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/command-line/command-table.ts'
import { parse } from '../../../src/cli/command-line/program.ts'

const WORDS: Readonly<Record<string, readonly string[]>> = { completion: ['bash'] }
const FLAGS = [
  ['--json'],
  ['--quiet'],
  ['--verbose'],
  ['--no-color'],
  ['--config', 'f'],
  ['--cwd', '.'],
  ['--profile', 'p'],
]

describe.each(COMMANDS.map(({ name }) => name))('dev-hook %s', (name) => {
  it.each(FLAGS)('takes %s, after its name and before it', (...flag) => {
    const words = WORDS[name] ?? []
    for (const line of [
      [name, ...words, ...flag],
      [...flag, name, ...words],
    ])
      expect(parse(line)).toMatchObject({ is: 'run', spec: { name } })
  })
})
