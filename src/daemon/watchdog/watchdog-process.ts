// One process of the watchdog, as the daemon sees it: the pipe to it, and whether it still answers.
import { spawn } from 'node:child_process'
import { repeat } from '../../core/async.ts'
import { childEnvironment } from '../../core/child-environment.ts'
import type { WatchdogMessage } from './messages.ts'

/** One process of the watchdog. */
export interface WatchdogProcess {
  send(message: WatchdogMessage): void
  /** Closes the pipe, after a last message, if any. */
  end(last?: WatchdogMessage): void
  /** Rejects when it could not be started. */
  readonly started: Promise<void>
  readonly gone: Promise<void>
}

/** So many questions in a row may stay without an answer: after a sleep of the machine nobody has had the time for one. */
const MAX_UNANSWERED = 2

/**
 * Starts a process. It is asked every `askMs` whether it still answers, and killed when it does not: one that is stopped, or
 * hangs, would never see the daemon die. Takes messages at once: a daemon that dies in the next instant has given its orders.
 */
export function startWatchdogProcess(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  askMs: number,
): WatchdogProcess {
  const child = spawn(process.execPath, [path], {
    // A session of its own: a closing terminal ends every process of ours, but not this one.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: childEnvironment(env),
    windowsHide: true,
  })
  const { stdin, stdout } = child
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  // A message that does not reach it any more is sent to the next one.
  child.on('error', () => undefined)
  stdin.on('error', () => undefined)
  child.unref()
  const send = (message: WatchdogMessage): void => void stdin.write(`${JSON.stringify(message)}\n`)

  let unanswered = 0
  stdout.on('data', () => {
    unanswered = 0
  })
  // Neither it nor its answers are what a daemon lives for.
  if ('unref' in stdout && typeof stdout.unref === 'function') stdout.unref()
  const stopAsking = repeat(askMs, () => {
    if (unanswered >= MAX_UNANSWERED) return void child.kill('SIGKILL')
    unanswered += 1
    send({ type: 'ask' })
  })
  void gone.then(stopAsking)

  return {
    send,
    end: (last) => {
      stopAsking()
      if (last !== undefined) {
        send(last)
        // Whoever dismisses it waits until it has gone.
        child.ref()
      }
      stdin.end()
    },
    started,
    gone,
  }
}
