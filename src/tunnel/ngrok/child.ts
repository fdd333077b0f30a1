// The process of the ngrok SDK: one session, one listener, and nothing that outlives its parent.
// A process of its own, because the SDK can abort it, hang without a limit, and never frees a session.
import type { Listener, Session } from '@ngrok/ngrok'
import { messageOf } from '../../core/errors.ts'
import { type FromChild, type OpenMessage, readToChild } from './messages.ts'

let listener: Listener | null = null

// The channel may close under a message; then `disconnect` ends this process.
const send = (message: FromChild): void => void process.send?.(message, undefined, undefined, () => {})

async function open(message: OpenMessage): Promise<void> {
  try {
    const session = await connect(message)
    send({ type: 'connected' })
    const endpoint = session.httpEndpoint()
    if (message.domain !== null) endpoint.domain(message.domain)
    listener = await endpoint.listenAndForward(`http://${message.upstream}`)
    send({ type: 'bound', url: listener.url() ?? '' })
    await listener.join()
    send({ type: 'failed', text: 'the session ended' })
  } catch (error) {
    send({ type: 'failed', text: messageOf(error) })
  }
}

async function connect(message: OpenMessage): Promise<Session> {
  const { SessionBuilder } = await import('@ngrok/ngrok')
  const builder = new SessionBuilder()
    .authtoken(message.authtoken)
    .heartbeatInterval(message.heartbeatSeconds)
    .heartbeatTolerance(message.toleranceSeconds)
    // The SDK passes null for a heartbeat that was not answered in time, and does nothing else about it.
    .handleHeartbeat((latency: number | null) => send({ type: 'heartbeat', answered: latency !== null }))
    // Its own attempts come after 0.05, 2.5 and 125 seconds: with `false` it makes none, and `join` rejects.
    // Anything but a boolean, or a throw, would abort the process.
    .handleDisconnection(() => false)
  if (message.serverAddr !== null) builder.serverAddr(message.serverAddr)
  if (message.ca !== null) builder.caCert(Buffer.from(message.ca))
  return builder.connect()
}

async function close(): Promise<void> {
  try {
    await listener?.close()
  } catch {
    // The session is gone already, and the name with it, which is all that was asked for.
  }
  send({ type: 'closed' })
}

process.on('message', (value) => {
  const message = readToChild(value)
  if (message === null) process.exit(2)
  void (message.type === 'open' ? open(message) : close())
})

// An orderly exit: one that waits for the loop to run dry lets the SDK abort the process.
process.on('disconnect', () => process.exit(0))

// Ctrl-C and a closed terminal reach the whole group. The parent decides when the tunnel goes: after the restore.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, () => {})

send({ type: 'ready' })
