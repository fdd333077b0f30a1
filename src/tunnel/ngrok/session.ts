// One session with ngrok: the life of one process, from the fork to its end.

import { type Deadline, nextCall, onAbort, withDeadline } from '../../core/async.ts'
import { formatDuration } from '../../core/text/duration.ts'
import type { Connection } from '../connection.ts'
import type { FromChild, OpenMessage } from './messages.ts'
import { type Fork, type NgrokProcess, startNgrokProcess } from './process.ts'

/** All durations in milliseconds. */
export interface SessionOptions {
  readonly fork: Fork
  readonly request: OpenMessage
  /** For the start of the process. */
  readonly forkMs: number
  /** For each of connecting and binding, which the SDK itself lets hang without a limit. */
  readonly stageMs: number
  /** For releasing the name in order. */
  readonly closeMs: number
}

/** Opens a session. Rejects with the SDK's own text, or with what happened instead; then its process has ended. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted()
  const { fork, request, forkMs, stageMs, closeMs } = options
  const child = startNgrokProcess(fork)
  try {
    await nextMessage(child, 'ready', within(forkMs, 'the ngrok process did not start'), signal)
    child.send(request)
    await nextMessage(child, 'connected', within(stageMs, 'ngrok did not accept the session'), signal)
    const { url } = await nextMessage(child, 'bound', within(stageMs, 'ngrok did not give the URL'), signal)
    return createSession(child, url, closeMs)
  } catch (error) {
    await child.kill()
    signal.throwIfAborted()
    throw error
  }
}

const within = (ms: number, what: string): Deadline => ({ ms, reason: `${what} within ${formatDuration(ms)}` })

type MessageOf<T extends FromChild['type']> = Extract<FromChild, { type: T }>

const isOf = <T extends FromChild['type']>(message: FromChild, type: T): message is FromChild & MessageOf<T> =>
  message.type === type

/** The next message of this type. Rejects with the text of a failure that comes before it, or when the process ends. */
async function nextMessage<T extends FromChild['type']>(
  child: NgrokProcess,
  type: T,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<FromChild & MessageOf<T>> {
  const message = await withDeadline([signal, child.ended], deadline, (inner) =>
    nextCall<FromChild>(
      (listener) => child.on((each) => (isOf(each, type) || each.type === 'failed') && listener(each)),
      inner,
    ),
  )
  if (isOf(message, type)) return message
  throw new Error(message.type === 'failed' ? message.text : `unexpected ${message.type}`)
}

function createSession(child: NgrokProcess, url: string, closeMs: number): Connection {
  const ending = new AbortController()
  onAbort(child.ended, () => ending.abort(child.ended.reason))
  child.on((message) => {
    if (message.type === 'failed') ending.abort(new Error('the connection to ngrok was lost'))
  })

  async function releaseUrl(): Promise<void> {
    if (ending.signal.aborted) return
    const released = nextMessage(child, 'closed', within(closeMs, 'ngrok did not release the URL'), ending.signal)
    child.send({ type: 'close' })
    // Not in time: all the same, the end of the process frees the name too.
    await released.catch(() => {})
  }

  return {
    url,
    ended: ending.signal,
    onHeartbeat: (listener) =>
      child.on((message) => {
        if (message.type === 'heartbeat') listener(message.answered)
      }),
    close: async () => {
      await releaseUrl()
      await child.kill()
    },
    kill: child.kill,
  }
}
