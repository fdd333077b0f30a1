// A real node:http bot that a test lets stand still, so that what is written to it stays unread until its connections break.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { eventually } from '../wait.ts'

const PROGRAM = new URL('../fixtures/standing-bot.mjs', import.meta.url)
const [STANDS, GOES_ON] = [0, 1]

export interface StandingBot {
  readonly port: number
  /** The ids of the deliveries that it has read. */
  readonly read: readonly string[]
  /** Resolves once it reads nothing any more. */
  stand(): Promise<void>
  /** Lets it go on, or end; either way it first breaks its connections. */
  goOn(how?: 'on' | 'to its end'): void
  close(): Promise<void>
}

/** Starts the bot. */
export async function startStandingBot(): Promise<StandingBot> {
  const flags = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(PROGRAM, { workerData: flags.buffer })
  const read: string[] = []
  const listening = once(worker, 'message')
  worker.on('message', (message: { readonly read?: string }) => {
    if (message.read !== undefined) read.push(message.read)
  })
  const [{ port }] = (await listening) as [{ readonly port: number }]
  return {
    port,
    read,
    stand: async () => {
      worker.postMessage('stand')
      await eventually(() => Atomics.load(flags, STANDS) === 1)
    },
    goOn: (how = 'on') => {
      Atomics.store(flags, GOES_ON, how === 'on' ? 1 : 2)
      Atomics.notify(flags, GOES_ON)
    },
    close: async () => void (await worker.terminate()),
  }
}
