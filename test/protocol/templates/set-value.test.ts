// Values that are set in an event: against an oracle that does it in another way.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAssignment, setValue } from '../../../src/protocol/templates/set-value.ts'
import '../../support/property-seed.ts'

const NAMES = ['data', 'message', 'text', 'a.b', 'x=y', '[0]', 'c\\d', '__proto__', 'constructor', 'ä ö', '0']
const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NAMES) }, fc.string({ minLength: 1 }))
const { event } = fc.letrec<{ event: Record<string, unknown>; node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    tie('event'),
    fc.array(tie('node'), { maxLength: 4 }),
  ),
  event: fc.dictionary(key, tie('node'), { maxKeys: 5, noNullPrototype: true }),
}))

/** A path as a person would write it. */
const written = (path: readonly string[], brackets: boolean): string =>
  path
    .map((name, at) => {
      if (brackets && at > 0 && /^\d+$/.test(name)) return `[${name}]`
      return (at === 0 ? '' : '.') + name.replace(/[\\.=[]/g, '\\$&')
    })
    .join('')

type Container = Record<string, unknown> | unknown[]
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null

/** Walks into a copy, step by step, and changes it in place; `null` where that is not possible. */
function oracle(given: unknown, path: readonly string[], value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(given))
  let at: unknown = copy
  for (const name of path.slice(0, -1)) {
    if (!isContainer(at) || !Object.keys(at).includes(name)) return null
    at = Object.getOwnPropertyDescriptor(at, name)?.value
  }
  const last = path.at(-1) ?? ''
  if (!isContainer(at)) return null
  if (Array.isArray(at) && !Object.keys(at).includes(last) && last !== String(at.length)) return null
  Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true })
  return copy
}

/** Every way into a document, with one step more that may lead nowhere. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (!isContainer(value)) return path.length === 0 ? [] : [path]
  const within = Object.keys(value).flatMap((name) =>
    pathsIn(Object.getOwnPropertyDescriptor(value, name)?.value, [...path, name]),
  )
  return [...(path.length === 0 ? [] : [path]), ...within]
}

describe('A value', () => {
  it('is set where its path leads, and nowhere else, or not at all', () => {
    fc.assert(
      fc.property(event, fc.nat(), fc.option(key), fc.jsonValue(), fc.boolean(), (given, n, more, value, brackets) => {
        const paths = pathsIn(given)
        const chosen = paths.length === 0 ? [] : (paths[n % paths.length] ?? [])
        const path = more === null && chosen.length > 0 ? chosen : [...chosen, more ?? 'new']
        const assignment = parseAssignment(`${written(path, brackets)}=${JSON.stringify(value)}`)
        expect(assignment?.path).toEqual(path)
        if (assignment === null) return
        const before = JSON.stringify(given)
        const result = setValue(given, assignment)
        const wanted = oracle(given, path, JSON.parse(JSON.stringify(value)))
        if ('problem' in result) expect(wanted).toBeNull()
        else expect(JSON.stringify(result.value)).toBe(JSON.stringify(wanted))
        expect(JSON.stringify(given)).toBe(before)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['a=1', 1],
    ['a=true', true],
    ['a=null', null],
    ['a=', ''],
    ['a=hi there', 'hi there'],
    ['a=x=y', 'x=y'],
    ['a="5"', '5'],
    ['a=[1,{"b":2}]', [1, { b: 2 }]],
    ['a={"b":', '{"b":'],
    ['a=0612345678', '0612345678'],
    ['a=+31612345678', '+31612345678'],
    ['a=12345678901234567890', '12345678901234567890'],
    ['a=1e999', '1e999'],
    ['a=NaN', 'NaN'],
  ])('%s is JSON if it can be, else a text', (given, value) => {
    expect(parseAssignment(given)).toEqual({ path: ['a'], value })
  })

  it.each([
    ['actions[0].payload=x', ['actions', '0', 'payload']],
    ['actions.0.payload=x', ['actions', '0', 'payload']],
    ['a[0][1]=x', ['a', '0', '1']],
    ['meta.a\\.b=x', ['meta', 'a.b']],
  ])('%s has a path as it is written', (given, path) => {
    expect(parseAssignment(given)).toEqual({ path, value: 'x' })
  })

  it.each(['', 'a', '=1', '.a=1', 'a.=1', 'a..b=1', 'a[0=1', 'a[]=1', 'a[0]b=1', '[0]=1'])(
    '%j has no path',
    (given) => {
      expect(parseAssignment(given)).toBeNull()
    },
  )

  it.each([
    ['data.mesage.text=hi', '`data` has no `mesage`', ['message']],
    ['data.message.text.length=1', '`data.message.text` is a text, which has nothing in it', []],
    ['data.message.list[3]=1', '`data.message.list` is a list, and has no item `3`', ['0']],
    ['data.message.list[-1]=1', 'has no item `-1`', ['0']],
    ['data.message.list.x=1', 'has no item `x`', ['0']],
    ['data.message.none.x=1', '`data.message.none` is null, which has nothing in it', []],
    ['other.text=1', 'the event has no `other`', ['data']],
  ])('%s says why it cannot be set, and what there is', (given, problem, exists) => {
    const assignment = parseAssignment(given)
    if (assignment === null) throw new Error('no path')
    const result = setValue({ data: { message: { text: 'hi', list: [1], none: null } } }, assignment)
    expect(result).toMatchObject({ problem: expect.stringContaining(problem) })
    if ('exists' in result && exists.length > 0) expect(result.exists).toEqual(expect.arrayContaining(exists))
  })

  it('is told of where it is new, or no text any longer', () => {
    const set = (given: string) => {
      const assignment = parseAssignment(given)
      return assignment === null ? null : setValue({ text: 'hi', n: 1 }, assignment)
    }
    expect(set('txt=hi')).toMatchObject({ notes: ['`txt` is new: the event has no such field'] })
    expect(set('text=5')).toMatchObject({ notes: [expect.stringContaining('is a number now')] })
    expect(set('text="5"')).toMatchObject({ value: { text: '5', n: 1 }, notes: [] })
    expect(set('n=2')).toMatchObject({ notes: [] })
  })
})
