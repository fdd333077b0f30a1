import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenIn, FOLLOWING, type KeyEvent, type KeyState, nextState } from '../../../src/cli/keys/key-state.ts'
import { aReadDelivery, aRow } from '../../support/delivery-rows.ts'

const rowsOf = (...ids: readonly string[]) => ids.map((id) => aRow({ id }))
const opened = (...ids: readonly string[]): KeyEvent => ({ type: 'listed', rows: rowsOf(...ids), open: 'last' })
const moved = (move: number | 'first' | 'last', furthest = 0): KeyEvent => ({ type: 'moved', move, furthest })
const read = (id: string): KeyEvent => ({ type: 'read', delivery: aReadDelivery({ id }) })
const updated = (id: string): KeyEvent => ({ type: 'updated', delivery: aReadDelivery({ id }) })
const LEFT: KeyEvent = { type: 'left' }

const stateAfter = (...events: readonly KeyEvent[]): KeyState => events.reduce(nextState, FOLLOWING)
const chosen = (...events: readonly KeyEvent[]): string | undefined => chosenIn(stateAfter(...events))?.id

const ID = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const ROWS = fc.uniqueArray(ID).map((ids) => rowsOf(...ids))
const EVENT: fc.Arbitrary<KeyEvent> = fc.oneof(
  fc.record({ type: fc.constant('listed' as const), rows: ROWS }),
  fc.record({ type: fc.constant('listed' as const), rows: ROWS, open: fc.constantFrom('first', 'last') }),
  ID.map(read),
  ID.map(updated),
  fc.record({
    type: fc.constant('moved' as const),
    move: fc.oneof(fc.integer({ min: -12, max: 12 }), fc.constantFrom('first' as const, 'last' as const)),
    furthest: fc.nat(20),
  }),
  fc.constantFrom<KeyEvent>(LEFT, { type: 'edit-begun' }, { type: 'edit-ended' }),
)

/** How deep one is in what is shown. */
const DEPTH: Readonly<Record<KeyState['is'], number>> = { following: 0, choosing: 1, reading: 2, editing: 3, ended: 4 }

describe('What the keys are about', () => {
  it('begins with the newest delivery, or the oldest, and moves never beyond either end', () => {
    expect(chosen(opened('a', 'b', 'c'))).toBe('c')
    expect(chosen({ type: 'listed', rows: rowsOf('a', 'b', 'c'), open: 'first' })).toBe('a')
    expect(chosen(opened('a', 'b', 'c'), moved(-1))).toBe('b')
    expect(chosen(opened('a', 'b', 'c'), moved(-7))).toBe('a')
    expect(chosen(opened('a', 'b', 'c'), moved('first'), moved('last'))).toBe('c')
    expect(stateAfter(opened())).toEqual(FOLLOWING)
  })

  it('stays with a delivery while others come, and goes to the one in its place when it is gone', () => {
    const before = [opened('a', 'b', 'c'), moved(-1)]
    expect(chosen(...before, { type: 'listed', rows: rowsOf('b', 'c', 'd', 'e') })).toBe('b')
    expect(chosen(...before, { type: 'listed', rows: rowsOf('c') })).toBe('c')
    expect(stateAfter(...before, { type: 'listed', rows: [] })).toEqual(FOLLOWING)
  })

  it('reads the chosen one, and goes back step by step', () => {
    const reading = stateAfter(opened('a', 'b'), read('b'), moved(5, 30))
    expect(reading).toMatchObject({ is: 'reading', top: 5 })
    expect(nextState(reading, read('b'))).toMatchObject({ top: 0 })
    expect(nextState(reading, read('a'))).toMatchObject({ is: 'reading', top: 0, choice: { at: 0 } })
    expect(nextState(reading, { type: 'listed', rows: rowsOf('x') })).toEqual(reading)
    expect(nextState(reading, LEFT)).toMatchObject({ is: 'choosing', choice: { at: 1 } })
    expect(nextState(nextState(reading, LEFT), LEFT)).toEqual(FOLLOWING)
  })

  it('brings up to date what is read, and opens nothing that was left while it was looked up', () => {
    const reading = stateAfter(opened('a', 'b'), read('b'), moved(5, 30))
    const delivery = aReadDelivery({ id: 'b' })
    expect(nextState(reading, { type: 'updated', delivery })).toEqual({ ...reading, delivery })
    for (const state of [FOLLOWING, stateAfter(opened('a', 'b')), stateAfter(opened('a', 'b'), read('a'))])
      expect(nextState(state, { type: 'updated', delivery })).toEqual(state)
  })

  it('comes back from an editor to where it was', () => {
    const reading = stateAfter(opened('a', 'b'), read('b'))
    const editing = nextState(reading, { type: 'edit-begun' })
    expect(editing.is).toBe('editing')
    expect([opened('a'), moved(1), read('a'), LEFT].reduce(nextState, editing)).toEqual(editing)
    expect(nextState(editing, { type: 'edit-ended' })).toEqual(reading)
  })

  it('is never outside its list, jumps no step, and ends for good', () => {
    fc.assert(
      fc.property(fc.array(EVENT, { maxLength: 40 }), (events) => {
        let state: KeyState = FOLLOWING
        for (const event of events) {
          const before = state
          state = nextState(before, event)
          if (before.is !== 'editing' && state.is !== 'editing')
            expect(Math.abs(DEPTH[state.is] - DEPTH[before.is])).toBeLessThanOrEqual(event.type === 'listed' ? 2 : 1)
          if (state.is === 'choosing' || state.is === 'reading') {
            const { rows, at } = state.choice
            expect(rows[at]).toBeDefined()
          }
          if (state.is === 'reading' && event.type === 'moved') expect(state.top).toBeLessThanOrEqual(event.furthest)
          if (state.is === 'reading') expect(state.top).toBeGreaterThanOrEqual(0)
          expect(nextState(state, { type: 'ended' })).toEqual({ is: 'ended' })
          expect(nextState({ is: 'ended' }, event)).toEqual({ is: 'ended' })
        }
      }),
    )
  })
})
