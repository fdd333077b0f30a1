import { afterEach, describe, expect, it, vi } from 'vitest'
import { openConnection } from '../../../src/inspector/page/model/connection.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

afterEach(() => vi.unstubAllGlobals())

/** A stream of the browser, which ends when the test ends it. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static readonly all: FakeSource[] = []
  readyState = 1

  constructor() {
    super()
    FakeSource.all.push(this)
  }

  close(): void {
    this.readyState = FakeSource.CLOSED
  }

  /** What answers is not a stream. */
  break(): void {
    this.close()
    this.dispatchEvent(new Event('error'))
  }
}

describe('The stream of the page', () => {
  it('is not opened for a page that nobody sees, though it was found out why it broke when they looked away', async () => {
    const answers: (() => void)[] = []
    vi.stubGlobal('EventSource', FakeSource)
    vi.stubGlobal('fetch', () => new Promise((_, reject) => void answers.push(() => reject(new Error('nobody there')))))
    const clock = createFakeClock()
    const document = Object.assign(new EventTarget(), { hidden: false })
    const look = (hidden: boolean): void => {
      document.hidden = hidden
      document.dispatchEvent(new Event('visibilitychange'))
    }
    const later = (run: () => void, ms: number) => clock.after(ms, run)
    const connection = openConnection(document, later, () => () => undefined)
    FakeSource.all[0]?.break()
    await clock.pass(0)
    look(true)
    answers[0]?.()
    await clock.pass(60_000)
    expect(FakeSource.all.map(({ readyState }) => readyState)).toEqual([FakeSource.CLOSED])
    look(false)
    expect(FakeSource.all.map(({ readyState }) => readyState)).toEqual([FakeSource.CLOSED, 1])
    connection.close()
  })
})
