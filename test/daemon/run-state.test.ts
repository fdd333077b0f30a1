// The states of a run.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import { nextState, type RunEvent, type RunState } from '../../src/daemon/run-state.ts'

const IDLE: RunState = { is: 'idle' }
const error = new DevHookError('tunnelFailed', 'refused')
const other = new DevHookError('taken', 'too late')

const fail = { type: 'fail', error } as const

const stateAfter = (...events: readonly RunEvent[]): RunState => events.reduce(nextState, IDLE)

const anEvent = fc.constantFrom<RunEvent[]>(
  { type: 'start' },
  { type: 'ready' },
  { type: 'stop' },
  { type: 'released' },
  fail,
  { type: 'fail', error: other },
)

describe('The state of a run', () => {
  it.each([
    ['stopped before it is started', [{ type: 'stop' }], { why: 'interrupted' }],
    ['stopped during its start', [{ type: 'start' }, { type: 'stop' }], { why: 'interrupted' }],
    ['stopped while it runs', [{ type: 'start' }, { type: 'ready' }, { type: 'stop' }], { why: 'requested' }],
    ['failing during its start', [{ type: 'start' }, fail], { why: 'failed', error }],
    ['failing while it runs', [{ type: 'start' }, { type: 'ready' }, fail], { why: 'failed', error }],
  ] as const)('says why it ends when it is %s', (_, events, reason) => {
    expect(stateAfter(...events)).toEqual({ is: 'stopping', reason })
    expect(stateAfter(...events, { type: 'released' })).toEqual({ is: 'stopped', reason })
  })

  it('never goes back, and keeps its first reason to end', () => {
    const ORDER = ['idle', 'starting', 'running', 'stopping', 'stopped'] as const
    fc.assert(
      fc.property(fc.array(anEvent), (events) => {
        let state = stateAfter()
        for (const event of events) {
          const before = state
          state = nextState(before, event)
          expect(ORDER.indexOf(state.is)).toBeGreaterThanOrEqual(ORDER.indexOf(before.is))
          if ('reason' in before) expect(state).toHaveProperty('reason', before.reason)
        }
      }),
    )
  })

  it('does not change with an event that means nothing in it', () => {
    const stopping = stateAfter({ type: 'start' }, { type: 'stop' })
    for (const event of [{ type: 'start' }, { type: 'ready' }, { type: 'stop' }, fail] as const)
      expect(nextState(stopping, event)).toBe(stopping)
    expect(nextState(IDLE, { type: 'ready' })).toBe(IDLE)
    expect(nextState(IDLE, { type: 'released' })).toBe(IDLE)
  })
})
