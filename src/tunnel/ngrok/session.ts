// One session with ngrok: the life of one process, from the fork to its end.

import { onAbort, withDeadline } from '../../core/async.ts'
import { formatDuration } from '../../core/duration.ts'
import type { Line } from '../connection.ts'
import type { FromChild, OpenMessage } from './messages.ts'
import { type Fork, type NgrokProcess, startNgrokProcess } from './process.ts'

export interface SessionOptions {
  readonly fork: Fork
  readonly request: OpenMessage
  /** For the start of the process. */
  readonly forkMs: number
  /** For each of connecting and binding, which the SDK itself lets hang without a limit. */
  readonly stageMs: number
  /** For giving the name back in order. */
  readonly closeMs: number
}

/** Opens a session. Rejects with the SDK's own text, or with what happened instead; then its process has ended. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Line> {
  signal.throwIfAborted()
  const { fork, request, forkMs, stageMs, closeMs } = options
  const child = startNgrokProcess(fork)
  try {
    await stage(child, 'ready', { ms: forkMs, what: 'the ngrok process did not start' }, signal)
    child.send(request)
    await stage(child, 'connected', { ms: stageMs, what: 'ngrok did not accept the session' }, signal)
    const { url } = await stage(child, 'bound', { ms: stageMs, what: 'ngrok did not give the URL' }, signal)
    return createSession(child, url, closeMs)
  } catch (error) {
    await child.kill()
    signal.throwIfAborted()
    throw error
  }
}

type Reached<T extends FromChild['type']> = Extract<FromChild, { type: T }>

const isType = <T extends FromChild['type']>(message: FromChild, type: T): message is FromChild & Reached<T> =>
  message.type === type

async function stage<T extends FromChild['type']>(
  child: NgrokProcess,
  type: T,
  limit: { readonly ms: number; readonly what: string },
  signal: AbortSignal,
): Promise<FromChild & Reached<T>> {
  const reason = `${limit.what} within ${formatDuration(limit.ms)}`
  return withDeadline([signal, child.ended], { ms: limit.ms, reason }, async (inner) => {
    const offs: (() => void)[] = []
    try {
      return await new Promise((resolve, reject) => {
        offs.push(onAbort(inner, () => reject(inner.reason)))
        offs.push(
          child.on((message) => {
            if (isType(message, type)) resolve(message)
            else if (message.type === 'failed') reject(new Error(message.text))
          }),
        )
      })
    } finally {
      for (const off of offs) off()
    }
  })
}

function createSession(child: NgrokProcess, url: string, closeMs: number): Line {
  const ending = new AbortController()
  onAbort(child.ended, () => ending.abort(child.ended.reason))
  child.on((message) => {
    if (message.type === 'failed') ending.abort(new Error('the connection to ngrok was lost'))
  })

  async function giveBack(): Promise<void> {
    if (ending.signal.aborted) return
    const closed = stage(child, 'closed', { ms: closeMs, what: 'ngrok did not take the URL back' }, ending.signal)
    child.send({ type: 'close' })
    // Not taken back in time: all the same, the end of the process frees the name too.
    await closed.catch(() => {})
  }

  return {
    url,
    ended: ending.signal,
    onHeartbeat: (listener) =>
      child.on((message) => {
        if (message.type === 'heartbeat') listener(message.answered)
      }),
    close: async () => {
      await giveBack()
      await child.kill()
    },
    kill: () => child.kill(),
  }
}
