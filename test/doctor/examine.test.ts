import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../src/core/text/redact.ts'
import { type Check, examine } from '../../src/doctor/examine.ts'
import { createFacts } from '../../src/doctor/facts.ts'
import { type Finding, failedWith, needs, passed } from '../../src/doctor/finding.ts'

const facts = createFacts({
  load: async () => {
    throw new Error('unused')
  },
  env: {},
  platform: 'linux',
  nodeVersion: 'v20.19.0',
  stateHome: () => '/nowhere',
  who: 'me@here pid 1',
  redactor: createRedactor(),
  offline: false,
})

describe('An examination', () => {
  it('runs checks side by side, and tells them in the order of the list', async () => {
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const told: string[] = []
    const checks: Check[] = [
      { name: 'first', run: () => gate.then(() => passed('late')) },
      {
        name: 'second',
        run: async () => {
          release()
          return passed('early')
        },
      },
    ]
    const findings = await examine(checks, { facts, waiting: () => {}, found: (name) => told.push(name) })
    expect(findings.map(({ message }) => message)).toEqual(['late', 'early'])
    expect(told).toEqual(['first', 'second'])
  })

  it('gives up on a check that never ends, and ends what it does', async () => {
    let aborted = false
    const hanging: Check = {
      name: 'hanging',
      run: (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            aborted = true
          })
        }),
    }
    const found: Finding[] = []
    const waiting: string[] = []
    await examine([hanging], {
      facts,
      limitMs: 30,
      waiting: (name) => waiting.push(name),
      found: (_, finding) => found.push(finding),
    })
    expect(found).toMatchObject([{ ok: false, message: 'no answer within 30ms', failure: 'failed' }])
    expect(waiting).toEqual(['hanging'])
    expect(aborted).toBe(true)
  })

  it('makes a finding of what a check throws, whatever it is', async () => {
    const checks: Check[] = [
      { name: 'one', run: () => Promise.reject(new Error('broken')) },
      {
        name: 'other',
        run: async () => {
          await needs('one', Promise.reject(new Error('broken')))
          return passed('unreached')
        },
      },
    ]
    const [one, other] = await examine(checks, { facts, waiting: () => {}, found: () => {} })
    expect(one).toMatchObject({ ok: false, message: 'broken', failure: 'failed' })
    expect(other).toMatchObject({ ok: null, message: 'not checked: one comes first', failure: null })
  })

  it('names the check that comes first of all, however long the chain', async () => {
    const error = await needs('b', needs('a', Promise.reject(new Error('x')))).catch(failedWith)
    expect(error).toMatchObject({ message: 'not checked: a comes first' })
  })
})
