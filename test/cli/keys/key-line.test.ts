import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyFacts } from '../../../src/cli/keys/key-context.ts'
import { keyLine } from '../../../src/cli/keys/key-line.ts'
import { keyHelpLines, keysNow, keysOf } from '../../../src/cli/keys/key-table.ts'
import { widthOf } from '../../../src/cli/screen/text-width.ts'
import { PLAIN } from '../../support/delivery-rows.ts'

const ALL: KeyFacts = {
  is: 'following',
  hasDeliveries: true,
  isPaused: false,
  isSupervised: true,
  hasPage: true,
  canDraw: true,
  hasPrompt: false,
}
const line = (facts: Partial<KeyFacts> = {}, columns = 100, status = ''): string =>
  keyLine(keysNow({ ...ALL, ...facts }), { columns, status }, PLAIN)

describe('The line of keys', () => {
  it('has what can be done now, and nothing else', () => {
    expect(line()).toBe(' ↑↓ choose  r replay  e edit  o page  b restart  p pause  ? help  q quit')
    expect(line({ hasDeliveries: false, isSupervised: false, hasPage: false })).toBe(' p pause  ? help  q quit')
    expect(line({ is: 'choosing', isPaused: true }, 120)).toBe(
      ' ↑↓ choose  Enter details  Esc back  r replay  e edit  o page  b restart  p resume  ? help  q quit',
    )
    expect(line({ is: 'reading' }, 120)).toBe(
      ' ↑↓ scroll  Enter print  ←→ other  Esc back  r replay  e edit  o page  b restart  p pause  ? help',
    )
    expect(line({ is: 'choosing', hasPrompt: true }, 120)).not.toContain('quit')
    expect(line({}, 100, '⏸ paused')).toMatch(/^ ⏸ paused {2}↑↓ choose/)
  })

  it('leaves out first what is needed least', () => {
    expect(line({}, 40)).toBe(' ↑↓ choose  r replay  ? help  q quit')
    expect(line({}, 20)).toBe(' ↑↓ choose  ? help')
    expect(line({ is: 'reading' }, 20)).toBe(' Esc back  ? help')
    expect(line({}, 8)).toBe(' ? help')
  })

  it('is always narrower than the terminal', () => {
    const facts = fc.record({
      is: fc.constantFrom('following', 'choosing', 'reading'),
      hasDeliveries: fc.boolean(),
      isPaused: fc.boolean(),
      isSupervised: fc.boolean(),
      hasPage: fc.boolean(),
      canDraw: fc.boolean(),
      hasPrompt: fc.boolean(),
    })
    fc.assert(
      fc.property(
        facts,
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom('', '⏸ paused'),
        (given, columns, status) => {
          expect(widthOf(keyLine(keysNow(given), { columns, status }, PLAIN))).toBeLessThan(columns)
        },
      ),
    )
  })

  it('names in the ready block what every run has', () => {
    expect(keysOf(true).map(({ key, hint }) => `${key} ${hint}`)).toEqual(['b restart', 'p pause', '? help', 'q quit'])
    expect(keysOf(false).map(({ key }) => key)).toEqual(['p', '?', 'q'])
  })
})

describe('The help of the keys', () => {
  it.each([40, 60, 80, 120])('is no wider than %d columns, and lists every key', (columns) => {
    const lines = keyHelpLines(ALL, columns)
    expect(lines.filter((one) => widthOf(one) > columns)).toEqual([])
    for (const key of ['PgUp PgDn', '←→', '?', 'q']) expect(lines.some((one) => one.startsWith(`  ${key}`))).toBe(true)
  })
})
