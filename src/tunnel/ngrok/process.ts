// The process of the SDK, seen from its parent: forked, sent messages, ended.

import { type ChildProcess, fork as nodeFork } from 'node:child_process'
import { aborted } from '../../core/async.ts'
import { childEnvironment } from '../../core/child-environment.ts'
import { messageOf } from '../../core/errors.ts'
import { createListeners, type Off } from '../../core/listeners.ts'
import { type FromChild, readFromChild, type ToChild } from './messages.ts'

/** Forks the process of the SDK. */
export type Fork = () => ChildProcess

/** Forks the built child at `path` with what it needs of `env`. Its output is dropped: the SDK prints on stdout. */
export function forkNgrokChild(path: string, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  // Without the parent's `execArgv`: a debugger's port or a loader is not meant for it.
  return nodeFork(path, [], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
    env: childEnvironment(env),
  })
}

export interface NgrokProcess {
  /** Sends a message to the process; dropped when that has ended. */
  send(message: ToChild): void
  /** Adds a listener for the messages of the process; but for heartbeats, it is also called with those that came before. */
  on(listener: (message: FromChild) => void): Off
  /** Aborted when the process has ended, or could not be started; its reason is an `Error` that names the cause. */
  readonly ended: AbortSignal
  /** Ends the process at once, and resolves when it has ended. Idempotent. */
  kill(): Promise<void>
}

/** Starts the process of the SDK; whatever goes wrong with that shows in `ended`. */
export function startNgrokProcess(fork: Fork): NgrokProcess {
  const ending = new AbortController()
  const end = (reason: string): void => ending.abort(new Error(reason))
  const listeners = createListeners<FromChild>()
  const received: FromChild[] = []
  const child = start(fork, end)

  child?.once('exit', (code, signal) => end(`the ngrok process ended (${signal ?? `code ${code}`})`))
  child?.on('error', (error) => {
    // An error of a process that runs is one of the channel: what matters of it shows as a missing answer.
    if (child.pid === undefined) end(`the ngrok process did not start: ${error.message}`)
  })
  child?.on('message', (value) => {
    const message = readFromChild(value)
    if (message === null) return
    if (message.type !== 'heartbeat') received.push(message)
    listeners.emit(message)
  })

  // Node hands over all messages that a busy process finds in the pipe before any promise settles: whoever awaits one of
  // them could not listen for the next in time.
  function on(listener: (message: FromChild) => void): Off {
    let removed = false
    const off = listeners.on(listener)
    const before = [...received]
    queueMicrotask(() => {
      for (const message of before) if (!removed) listener(message)
    })
    return () => {
      removed = true
      off()
    }
  }

  return {
    ended: ending.signal,
    send: (message) => {
      // The channel may close under a message; then the process ends, and `ended` is aborted.
      child?.send(message, () => {})
    },
    on,
    kill: () => {
      // Not a request but an end: the SDK may hang in native code, and has nothing to save.
      if (!ending.signal.aborted) child?.kill('SIGKILL')
      return aborted(ending.signal)
    },
  }
}

function start(fork: Fork, end: (reason: string) => void): ChildProcess | null {
  try {
    return fork()
  } catch (error) {
    end(`the ngrok process did not start: ${messageOf(error)}`)
    return null
  }
}
