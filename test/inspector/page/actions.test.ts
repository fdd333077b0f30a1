import { afterEach, describe, expect, it, vi } from 'vitest'
import { createObservable } from '../../../src/core/listeners.ts'
import { createTurns } from '../../../src/core/turns.ts'
import { copyAs, showMessage, switchChaos, toggleHold } from '../../../src/inspector/page/model/actions.ts'
import { openAddressBar } from '../../../src/inspector/page/model/address.ts'
import { createLatest } from '../../../src/inspector/page/model/later.ts'
import { createRunStatus, type DialogName } from '../../../src/inspector/page/model/model.ts'

afterEach(() => vi.unstubAllGlobals())

/** A window at the chat; `goBack` presses the browser's own button. */
function windowForTest() {
  const backs: (() => void)[] = []
  return {
    location: { search: '?view=chat&id=before' },
    history: { pushState: () => undefined, replaceState: () => undefined },
    addEventListener: (_type: string, listener: () => void) => void backs.push(listener),
    removeEventListener: () => undefined,
    goBack: () => backs.forEach((listener) => listener()),
  }
}

/** The page of a run that answers when it is let, each question by its number. */
function pageForTest() {
  const answers: ((answer: object) => void)[] = []
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise((resolve) => {
        answers.push((answer) => resolve(new Response(JSON.stringify(answer))))
      }),
  )
  const window = windowForTest()
  const address = openAddressBar(window)
  const told: string[] = []
  const model = {
    address,
    attempt: <T>(doing: () => Promise<T>): Promise<T | null> => doing(),
    tell: (text: string) => void told.push(text),
  }
  /** Clicks the message that a delivery has brought; resolves once the answer has led there, or nowhere. */
  const click = (platformId: string): Promise<void> =>
    showMessage(model, {
      conversation: 'c1',
      by: 'contact',
      time: '2026-01-02T12:00:00.000Z',
      deliveries: [platformId],
    })
  const answer = (question: number): void =>
    answers[question]?.({
      deliveries: ['p1', 'p2'].map((platformId) => ({ id: `of ${platformId}`, platformId, time: '', text: null })),
      next: null,
    })
  return { address, window, told, click, answer, shown: () => address.store.current().id }
}

describe('A message of the chat that is clicked', () => {
  it('shows its delivery', async () => {
    const page = pageForTest()
    const clicked = page.click('p1')
    page.answer(0)
    await clicked
    expect(page.shown()).toBe('of p1')
  })

  it('does not push away that of the one that was clicked after it, whichever is found first', async () => {
    const page = pageForTest()
    const clicked = [page.click('p1'), page.click('p2')]
    page.answer(1)
    await clicked[1]
    expect(page.shown()).toBe('of p2')
    page.answer(0)
    await clicked[0]
    expect(page.shown()).toBe('of p2')
  })

  it.each([
    ['closed what was open', ({ address }: ReturnType<typeof pageForTest>) => address.go({ id: null }), null],
    ['gone to another view', ({ address }: ReturnType<typeof pageForTest>) => address.go({ view: 'status' }), 'before'],
    ['gone back', ({ window }: ReturnType<typeof pageForTest>) => window.goBack(), 'before'],
  ])('shows nothing to somebody who has %s meanwhile', async (_, act, shown) => {
    const page = pageForTest()
    const clicked = page.click('p1')
    act(page)
    page.answer(0)
    await clicked
    expect(page.shown()).toBe(shown)
    expect(page.told).toEqual([])
  })
})

/** The page of a run that holds, and is disturbed, as it was told last; what it is asked for takes a while. */
function switchableForTest() {
  const run = { paused: false, chaos: '' }
  const answer = (path: string, body: { readonly chaos?: string }): object => {
    if (path === '/api/hold') run.paused = true
    if (path === '/api/release') run.paused = false
    if (path === '/api/chaos') run.chaos = body.chaos ?? run.chaos
    return { ...run, seed: 1, holding: null, waiting: 0 }
  }
  vi.stubGlobal('fetch', async (path: string, { body }: { readonly body?: string }) => {
    await new Promise(setImmediate)
    const answered = JSON.stringify(answer(path, JSON.parse(body ?? '{}')))
    await new Promise(setImmediate)
    return new Response(answered)
  })
  const model = {
    ...createRunStatus(),
    inTurn: createTurns(),
    attempt: <T>(doing: () => Promise<T>): Promise<T | null> => doing(),
    tell: () => undefined,
  }
  return { run, model }
}

describe('What is switched twice before the run has answered', () => {
  it('is off again: holding', async () => {
    const { run, model } = switchableForTest()
    const first = toggleHold(model)
    // The status is asked for by whatever else happens, too.
    void model.loadStatus()
    await Promise.all([first, toggleHold(model)])
    expect(run.paused).toBe(false)
    await toggleHold(model)
    expect(run.paused).toBe(true)
  })

  it('is both: two things that go wrong on purpose', async () => {
    const { run, model } = switchableForTest()
    await Promise.all([switchChaos(model, 'delay', '1s'), switchChaos(model, 'drop', '0.2')])
    expect(run.chaos).toBe('delay=1s,drop=0.2')
    await Promise.all([switchChaos(model, 'delay', null), switchChaos(model, 'expire', '0.2')])
    expect(run.chaos).toBe('drop=0.2,expire=0.2')
  })
})

describe('What is copied', () => {
  it('is what was asked for last, whichever is answered first', async () => {
    const answers: (() => void)[] = []
    vi.stubGlobal('fetch', (url: string) => {
      const text = new URL(url, 'http://localhost').searchParams.get('as')
      return new Promise((resolve) => {
        answers.push(() => resolve(new Response(JSON.stringify({ text }))))
      })
    })
    const copied: string[] = []
    vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } })
    const model = {
      beginCopy: createLatest(),
      attempt: <T>(doing: () => Promise<T>): Promise<T | null> => doing(),
      tell: () => undefined,
      toCopy: createObservable({ as: '', text: '' }),
      dialog: createObservable<DialogName | null>(null),
    }
    const copying = [copyAs(model, 'a', 'curl'), copyAs(model, 'a', 'http')]
    answers[1]?.()
    await copying[1]
    answers[0]?.()
    await copying[0]
    expect(copied).toEqual(['http'])
  })
})
