import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRunKeys } from '../../../src/cli/keys/run-keys.ts'
import type { FooterView } from '../../../src/cli/output/footer.ts'
import { createNotices } from '../../../src/core/notices.ts'
import type { Handlers, RunOperation } from '../../../src/inspector/operations/table.ts'
import { aReadDelivery, aRow, PLAIN } from '../../support/delivery-rows.ts'
import { fakeHandlers } from '../../support/inspector/fake-handlers.ts'

type Deliveries = Awaited<ReturnType<Handlers<RunOperation>['deliveries']>>

const ATTEMPT = { type: 'attempt', id: 'a', n: 1, outcome: 'answered', status: 200, ms: 5 } as const

/** The keys of a run at the prompt of a sandbox, with one recorded delivery; the terminal is what they show at its bottom. */
function keysForTest(own: Partial<Handlers<RunOperation>> = {}) {
  const shown: (FooterView | null)[] = []
  const said: string[] = []
  const notices = createNotices()
  const deliveries = vi.fn(
    own.deliveries ?? (async (): Promise<Deliveries> => ({ deliveries: [aRow({ id: 'a' })], next: null })),
  )
  const operations = fakeHandlers({
    delivery: async () => aReadDelivery({ id: 'a' }).detail,
    output: async () => ({ lines: [] }),
    ...own,
    deliveries,
  }).run
  const unused = (): never => {
    throw new Error('nobody is expected to ask for this')
  }
  const stdin = Object.assign(process.stdin, { setRawMode: () => process.stdin })
  const keys = createRunKeys({
    daemon: {
      control: {
        replay: unused,
        inject: unused,
        triggerAgain: unused,
        bodyOf: unused,
        restartBot: unused,
        hold: unused,
        release: unused,
        isPaused: () => false,
      },
      stop: unused,
      pageLink: () => null,
      operations: () => operations,
      ending: new AbortController().signal,
    },
    io: {
      out: unused,
      live: unused,
      err: (line) => void said.push(line),
      prompt: new PassThrough(),
      footer: {
        size: () => ({ columns: 80, height: 24 }),
        onResize: () => () => undefined,
        show: (view) => void shown.push(view),
        above: unused,
      },
      lend: unused,
      flushed: async () => undefined,
      outGone: new AbortController().signal,
      interactive: true,
      outIsTerminal: true,
      errIsTerminal: true,
      columns: () => 80,
      env: {},
      cwd: '/',
      platform: 'linux',
    },
    notices,
    page: { open: unused, close: unused },
    colors: PLAIN,
    isSupervised: true,
    canDraw: true,
    hasLine: false,
    hasPrompt: true,
  })
  const press = (name: string): void => void stdin.emit('keypress', undefined, { name })
  const sees = (text: string) => vi.waitFor(() => expect(shown.at(-1)?.rows.join('\n')).toContain(text))
  return { keys, notices, deliveries, shown, said, press, sees }
}

afterEach(() => {
  Reflect.deleteProperty(process.stdin, 'setRawMode')
})

describe('The keys of a run', () => {
  it('leave the terminal to the prompt, though the list was being read again when Esc was pressed', async () => {
    const answers: ((deliveries: Deliveries) => void)[] = []
    const { keys, notices, deliveries, shown, press, sees } = keysForTest({
      deliveries: () => new Promise((resolve) => void answers.push(resolve)),
    })
    const rows: Deliveries = { deliveries: [aRow({ id: 'a' })], next: null }
    const answer = async (asked: number): Promise<void> => {
      await vi.waitFor(() => expect(deliveries).toHaveBeenCalledTimes(asked))
      answers.shift()?.(rows)
    }
    const listening = keys.listen(new AbortController().signal)
    await answer(1)
    await answer(2)
    await sees('deliveries 1–1 of 1')
    notices.emit(ATTEMPT)
    await vi.waitFor(() => expect(deliveries).toHaveBeenCalledTimes(3))
    press('escape')
    await listening
    // Whoever has the terminal from here on shows something of its own.
    shown.length = 0
    await answer(3)
    await new Promise(setImmediate)
    expect(shown).toEqual([])
  })

  it('say what is wrong with a delivery that cannot be read again, and go on', async () => {
    let isDamaged = false
    const { keys, notices, said, press, sees } = keysForTest({
      delivery: async () => {
        if (isDamaged) throw new Error('the record is damaged')
        return aReadDelivery({ id: 'a' }).detail
      },
    })
    const listening = keys.listen(new AbortController().signal)
    await sees('deliveries 1–1 of 1')
    press('return')
    await sees('lines')
    isDamaged = true
    notices.emit(ATTEMPT)
    await vi.waitFor(() => expect(said.join('\n')).toContain('the record is damaged'))
    press('escape')
    await sees('deliveries 1–1 of 1')
    press('escape')
    await listening
  })
})
