// One session with a process that only seems to be one: it sends its messages as close together as a busy machine delivers them.
import { ChildProcess } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { FromChild, OpenMessage, ToChild } from '../../../src/tunnel/ngrok/messages.ts'
import { openSession } from '../../../src/tunnel/ngrok/session.ts'

const signal = new AbortController().signal
const request: OpenMessage = {
  type: 'open',
  authtoken: 'token',
  domain: null,
  serverAddr: null,
  ca: null,
  upstream: '127.0.0.1:1',
  heartbeatSeconds: 4,
  toleranceSeconds: 4,
}
const URL = 'https://x.example'

/** A process that answers each message of its parent at once, with all of these. */
function processThat(answers: Readonly<Record<ToChild['type'] | 'started', readonly FromChild[]>>): ChildProcess {
  const child = new ChildProcess()
  const send = (type: keyof typeof answers): void => {
    for (const message of answers[type]) child.emit('message', message)
  }
  queueMicrotask(() => send('started'))
  return Object.assign(child, {
    pid: 1,
    send: (message: ToChild) => {
      queueMicrotask(() => send(message.type))
      return true
    },
    kill: (reason: NodeJS.Signals) => {
      queueMicrotask(() => child.emit('exit', null, reason))
      return true
    },
  })
}

// An hour: whoever misses a message waits for the limit of the test.
const HOUR = 3_600_000
const open = (child: ChildProcess) =>
  openSession({ fork: () => child, request, forkMs: HOUR, stageMs: HOUR, closeMs: HOUR }, signal)

describe('a session', () => {
  it('is open when the process connects and binds in one breath', async () => {
    const session = await open(
      processThat({
        started: [{ type: 'ready' }],
        open: [{ type: 'connected' }, { type: 'bound', url: URL }],
        close: [{ type: 'closed' }],
      }),
    )
    expect(session.url).toBe(URL)
    expect(session.ended.aborted).toBe(false)
    await session.close()
    expect(session.ended.aborted).toBe(true)
  })

  it('fails with the text of a refusal that follows the connection at once', async () => {
    const child = processThat({
      started: [{ type: 'ready' }],
      open: [{ type: 'connected' }, { type: 'failed', text: 'the name is in use' }],
      close: [],
    })
    await expect(open(child)).rejects.toThrow('the name is in use')
  })

  it('has ended when it is lost as soon as it is open', async () => {
    const session = await open(
      processThat({
        started: [{ type: 'ready' }],
        open: [{ type: 'connected' }, { type: 'bound', url: URL }, { type: 'failed', text: 'the session ended' }],
        close: [],
      }),
    )
    expect(session.ended.reason).toEqual(new Error('the connection to ngrok was lost'))
    await session.kill()
  })
})
