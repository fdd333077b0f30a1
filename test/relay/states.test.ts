import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../src/core/errors.ts'
import { type DeveloperEvent, type DeveloperState, nextDeveloper } from '../../src/relay/hub/developer-state.ts'
import { nextSeat, type SeatEvent, type SeatState } from '../../src/relay/seat/seat-state.ts'

const presence = (session: string) => ({ session, who: 'anna@test', only: null })
const developerEvent: fc.Arbitrary<DeveloperEvent> = fc.oneof(
  fc.constantFrom('s1', 's2').map((session): DeveloperEvent => ({ type: 'here', seat: presence(session) })),
  fc.constantFrom('s1', 's2').map((session): DeveloperEvent => ({ type: 'leaves', session })),
  fc.constant<DeveloperEvent>({ type: 'silent' }),
  fc.constant<DeveloperEvent>({ type: 'grace-over' }),
)

describe('A developer, as the relay sees them', () => {
  it('is sent what is held exactly when they come, and loses what is under way exactly when their session ends', () => {
    fc.assert(
      fc.property(fc.array(developerEvent, { maxLength: 30 }), (events) => {
        let state: DeveloperState = { is: 'gone', seat: null }
        for (const event of events) {
          const before: DeveloperState = state
          const change = nextDeveloper(before, event)
          if (change === null) continue
          const { to, effects } = change
          const was = before.is === 'here' ? before.seat.session : null
          const is = to.is === 'here' ? to.seat.session : null
          expect(effects.includes('drain')).toBe(is !== null && is !== was)
          expect(effects.includes('abort')).toBe(was !== null && is !== was)
          expect(effects.includes('hand-on')).toBe(to.is === 'gone' && before.is !== 'gone')
          state = to
        }
      }),
    )
  })

  it('is gone only by leaving, or by vanishing and then staying away', () => {
    const here: DeveloperState = { is: 'here', seat: presence('s1') }
    expect(nextDeveloper(here, { type: 'leaves', session: 's2' })).toBeNull()
    expect(nextDeveloper(here, { type: 'grace-over' })).toBeNull()
    expect(nextDeveloper(here, { type: 'leaves', session: 's1' })?.to.is).toBe('gone')
    expect(nextDeveloper(here, { type: 'silent' })?.to.is).toBe('vanished')
    expect(nextDeveloper({ is: 'vanished', seat: null }, { type: 'grace-over' })?.to.is).toBe('gone')
  })
})

describe('A developer’s side', () => {
  const seatEvent: fc.Arbitrary<SeatEvent> = fc.constantFrom<SeatEvent>(
    { type: 'welcomed' },
    { type: 'unanswered', reason: 'x' },
    { type: 'turned-away', error: new DevHookError('brokerRefused', 'x') },
    { type: 'leaves' },
  )

  it('never comes back from having left, nor from having been turned away', () => {
    fc.assert(
      fc.property(fc.array(seatEvent, { maxLength: 20 }), (events) => {
        let state: SeatState = { is: 'outside' }
        for (const event of events) {
          const before: SeatState = state
          state = nextSeat(before, event)
          if (before.is === 'left' || before.is === 'unseated') expect(state).toBe(before)
        }
      }),
    )
  })

  it('waits for a relay that does not answer, and goes on with one that does', () => {
    const seated = nextSeat({ is: 'outside' }, { type: 'welcomed' })
    const waiting = nextSeat(seated, { type: 'unanswered', reason: 'away' })
    expect([seated.is, waiting.is, nextSeat(waiting, { type: 'welcomed' }).is]).toEqual(['seated', 'waiting', 'seated'])
  })
})
