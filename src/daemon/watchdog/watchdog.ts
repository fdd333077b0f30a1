// The daemon's side of the watchdog: a detached process that restores when the pipe to it breaks without a word.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { childEnvironment } from '../../core/child-environment.ts'
import type { TokenPair } from '../../platform/api/token-source.ts'
import type { Snapshot } from '../../platform/webhook/snapshot.ts'
import { encodeSnapshot } from '../../platform/webhook/snapshot-format.ts'
import type { WatchdogMessage, WatchdogOrders } from './messages.ts'

export interface Watchdog {
  /** The tokens were refreshed: those it was armed with may be refused by then. */
  tokens(tokens: TokenPair): void
  /** The bot's process, which is to be ended with the daemon; `null` when there is none. */
  bot(pid: number | null): void
  /** What is owed to the platform from now on, so that it is not only on disk. */
  snapshot(snapshot: Snapshot): void
  /** Ends the watchdog, as everything is as it was. Resolves when its process has gone. */
  dismiss(): Promise<void>
  /** Leaves the restore that failed to the watchdog, as if the daemon had died. */
  entrust(): void
}

export interface WatchdogOptions {
  readonly orders: WatchdogOrders
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file that is run. */
  readonly childPath?: string
}

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url))

/** Starts a watchdog. Its orders, the token among them, go through the pipe: they are neither in argv nor on disk. */
export async function armWatchdog({ orders, env, childPath = CHILD }: WatchdogOptions): Promise<Watchdog> {
  const child = spawn(process.execPath, [childPath], {
    // A session of its own: a closing terminal ends every process of ours, but not this one.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: childEnvironment(env),
    windowsHide: true,
  })
  const { stdin } = child
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // Should it die, the snapshot still carries the promise: the next start restores.
  child.on('error', () => undefined)
  stdin.on('error', () => undefined)
  child.unref()

  const send = (message: WatchdogMessage): void => void stdin.write(`${JSON.stringify(message)}\n`)
  send({ type: 'arm', orders })
  let dismissing: Promise<void> | undefined
  return {
    tokens: (tokens) => send({ type: 'tokens', tokens }),
    bot: (pid) => send({ type: 'bot', pid }),
    snapshot: (snapshot) => send({ type: 'snapshot', text: encodeSnapshot(snapshot) }),
    entrust: () => void stdin.end(),
    dismiss: () => {
      dismissing ??= new Promise<void>((resolve) => {
        child.ref()
        send({ type: 'dismiss' })
        stdin.end()
        void gone.then(resolve)
      })
      return dismissing
    },
  }
}
