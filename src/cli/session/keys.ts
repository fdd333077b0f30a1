// Single keys at the terminal, while the daemon runs.

import type { Key } from 'node:readline'
import { aborted } from '../../core/async.ts'
import type { Daemon } from '../../daemon/types.ts'
import type { Io } from '../io.ts'
import type { KeyHint } from '../screen/ready-block.ts'
import { listenToRawKeys } from './raw-keys.ts'

interface KeyBinding {
  readonly key: string
  /** A word for it where there is little room; `null` where there is none. */
  readonly hint: string | null
  readonly says: string
  readonly act: (daemon: Daemon, io: Io) => void
}

const KEYS: readonly KeyBinding[] = [
  { key: 'b', hint: 'restart', says: 'restart the bot', act: (daemon) => void daemon.control.restartBot() },
  {
    key: 'p',
    hint: 'pause',
    says: 'pause: hold every delivery, or release them',
    act: ({ control }, io) => {
      const wasPaused = control.isPaused()
      if (wasPaused) control.release()
      else control.hold()
      io.err(wasPaused ? '▶ resumed' : '⏸ paused: deliveries are held; `p` releases them')
    },
  },
  {
    key: 't',
    hint: null,
    says: 'trigger once more what `dev-hook trigger` has made last',
    act: ({ control }, io) => {
      if (!control.triggerAgain())
        io.err('nothing was triggered in this run yet: try `dev-hook trigger chat "hi"` beside it')
    },
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
  KEYS.flatMap(({ key, hint }) => (hint !== null && (isSupervised || key !== 'b') ? [{ key, hint }] : []))

/** Listens until the signal is aborted. Without a terminal there are no keys, and nothing is listened to. */
export async function listenToKeys(daemon: Daemon, io: Io, signal: AbortSignal): Promise<void> {
  if (!io.interactive || signal.aborted) return
  /** Those of one turn: what is pasted, or typed ahead, comes at once, and is meant for somebody else. Impatience presses one key twice. */
  const pressed = new Set<string | undefined>()
  const act = (): void => {
    const [only, ...others] = pressed
    pressed.clear()
    if (others.length === 0) KEYS.find((binding) => binding.key === only)?.act(daemon, io)
  }
  const onKey = (text: string | undefined, key: Key): void => {
    if (key.ctrl) return
    if (pressed.size === 0) queueMicrotask(act)
    pressed.add(text)
  }
  const off = listenToRawKeys({ onKey }, io)
  await aborted(signal)
  off()
}
