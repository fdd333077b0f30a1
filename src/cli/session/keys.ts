// Single keys at the terminal, while the daemon runs.

import { emitKeypressEvents, type Key } from 'node:readline'
import { aborted } from '../../core/async.ts'
import type { Daemon } from '../../daemon/types.ts'
import type { Io } from '../io.ts'
import type { KeyHint } from '../screen/ready-block.ts'

interface KeyBinding extends KeyHint {
  readonly says: string
  readonly act: (daemon: Daemon, io: Io) => void
}

const KEYS: readonly KeyBinding[] = [
  { key: 'b', hint: 'restart', says: 'restart the bot', act: (daemon) => daemon.control.restartBot() },
  {
    key: 'p',
    hint: 'pause',
    says: 'pause: hold every delivery, or release them',
    act: (daemon, io) =>
      io.err(daemon.control.togglePause() ? '⏸ paused: deliveries are held; `p` releases them' : '▶ resumed'),
  },
  {
    key: '?',
    hint: 'help',
    says: 'this help',
    act: (_daemon, io) => KEYS.forEach(({ key, says }) => io.err(`  ${key}  ${says}`)),
  },
  { key: 'q', hint: 'quit', says: 'quit; the webhook is put back', act: (daemon) => void daemon.stop() },
]

/** The keys that do something in a run, which has started its bot itself or not. */
export const keysOf = (isSupervised: boolean): readonly KeyHint[] =>
  KEYS.filter(({ key }) => isSupervised || key !== 'b')

/** Listens until the signal is aborted. Without a terminal there are no keys, and nothing is listened to. */
export async function listenToKeys(daemon: Daemon, io: Io, signal: AbortSignal): Promise<void> {
  const { stdin } = process
  if (!io.interactive || signal.aborted) return
  const onKey = (text: string | undefined, key: Key): void => {
    // In raw mode the terminal passes Ctrl-C on as a key; the signal's own rules hold for it. Sent to ourselves it would end
    // us at once on Windows.
    if (key.ctrl && key.name === 'c') return void process.emit('SIGINT', 'SIGINT')
    KEYS.find((binding) => binding.key === text)?.act(daemon, io)
  }
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  stdin.on('keypress', onKey)
  // A question before this has paused it, and with it Ctrl-C.
  stdin.resume()
  await aborted(signal)
  stdin.off('keypress', onKey)
  stdin.setRawMode(false)
  stdin.pause()
}
