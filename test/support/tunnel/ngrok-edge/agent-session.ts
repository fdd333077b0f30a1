// One agent's session at the edge: Auth, Bind, Unbind, heartbeats, and the proxy streams that the edge opens.
import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type FaultState, nextRefusal } from './faults.ts'
import type { EdgeLog } from './log.ts'
import { createMux } from './mux.ts'
import { errorText, type Json, proxyHeader, readTypedStream, recordOf, reply, STREAM, textOf } from './rpc.ts'

/** What a session needs of the edge. */
export interface SessionContext {
  readonly log: EdgeLog
  readonly faults: FaultState
  readonly authtoken: string
  /** Gives the session an endpoint, or says with which code it cannot have it. */
  bind(session: AgentSession, bindId: string, domain: string): Promise<{ url: string; domain: string } | number>
  unbind(session: AgentSession, bindId: string): void
  lost(session: AgentSession): void
}

export interface AgentSession {
  readonly id: number
  /** Opens a connection through the agent to its upstream. */
  openProxy(bindId: string, clientAddr: string): Duplex
  /** Sends half a proxy header: the agent's accept loop waits for the rest for ever. */
  wedge(): void
  /** Neither reads nor writes from now on, like a peer behind a dead network path. */
  freeze(): void
  thaw(): void
  drop(how: 'reset' | 'fin'): void
}

/** Starts the service's side of a session on a TLS socket; `reset` resets the TCP connection under it. */
export function startSession(id: number, socket: TLSSocket, reset: () => void, context: SessionContext): AgentSession {
  const { log, faults } = context
  let timeoutMs = 25_000
  let frozen = false
  let over = false
  let silence: NodeJS.Timeout | undefined
  const mux = createMux(socket, (stream) => readTypedStream(stream, { request, heartbeat }))

  function end(): void {
    if (over) return
    over = true
    clearTimeout(silence)
    // The agent at the other end of a dead network path does not hear that it was dropped.
    if (!frozen) socket.destroy()
    log.add({ kind: 'lost', session: id })
    context.lost(session)
  }

  // The service drops an agent whose heartbeat stops. The agent sends none while it waits for an answer.
  function heard(): void {
    clearTimeout(silence)
    if (!over) silence = setTimeout(() => (faults.beatsIgnored ? heard() : end()), timeoutMs)
  }

  function heartbeat(beat: Buffer, stream: Duplex): void {
    heard()
    log.add({ kind: 'heartbeat', session: id })
    if (!faults.beatsIgnored) stream.write(beat)
  }

  function request(type: number, body: Json, stream: Duplex): void {
    if (type === STREAM.auth) auth(body, stream)
    else if (type === STREAM.bind) void bind(body, stream)
    else if (type === STREAM.unbind) unbind(body, stream)
    else stream.destroy()
  }

  function auth(body: Json, stream: Duplex): void {
    const extra = recordOf(body['Extra'])
    const given = textOf(extra['AuthToken'])
    const token = given === context.authtoken ? 'right' : given === '' ? 'missing' : 'wrong'
    const refused = nextRefusal(faults, 'auth') ?? { right: null, wrong: 105, missing: 4018 }[token]
    log.add({ kind: 'auth', session: id, token, refused })
    if (faults.silent.has('auth')) return
    if (refused !== null) {
      // ngrok repeats the token in its text, and so must be redacted.
      reply(stream, { Error: errorText(`The authtoken was refused.\r\nYour authtoken: ${given}`, refused) })
      return
    }
    timeoutMs = (Number(extra['HeartbeatInterval']) + Number(extra['HeartbeatTolerance'])) / 1e6
    heard()
    reply(stream, { Version: '3', ClientId: textOf(body['ClientId']) || randomUUID(), Extra: { Cookie: 'cookie' } })
  }

  async function bind(body: Json, stream: Duplex): Promise<void> {
    const options = recordOf(body['Opts'])
    const asked = textOf(options['Domain'])
    const bindId = textOf(body['Id']) || randomUUID()
    const bound = nextRefusal(faults, 'bind') ?? (await context.bind(session, bindId, asked))
    const refused = typeof bound === 'number' ? bound : null
    const url = typeof bound === 'number' ? null : bound.url
    log.add({ kind: 'bind', session: id, domain: asked, forwardsTo: textOf(body['ForwardsTo']), refused, url })
    if (faults.silent.has('bind')) return
    if (typeof bound === 'number') {
      reply(stream, { Error: errorText(`The endpoint '${asked}' cannot be had.`, bound) })
      return
    }
    const named = { ...options, Domain: bound.domain, Hostname: bound.domain }
    reply(stream, { Id: bindId, URL: bound.url, Proto: 'https', Opts: named, Extra: { Token: '' } })
  }

  function unbind(body: Json, stream: Duplex): void {
    log.add({ kind: 'unbind', session: id })
    context.unbind(session, textOf(body['Id']))
    if (!faults.silent.has('unbind')) reply(stream, {})
  }

  // A dead network path brings no news of the agent's end: a frozen session lives until its heartbeat is missed.
  socket.on('error', () => {})
  socket.once('close', () => {
    if (!frozen) end()
  })
  heard()

  const session: AgentSession = {
    id,
    openProxy: (bindId, clientAddr) => {
      const stream = mux.open()
      stream.write(proxyHeader(bindId, clientAddr))
      return stream
    },
    wedge: () => {
      const header = proxyHeader('wedged', '127.0.0.1:1')
      mux.open().write(header.subarray(0, header.length / 2))
    },
    freeze: () => {
      frozen = true
      socket.pause()
      socket.cork()
    },
    thaw: () => {
      frozen = false
      socket.uncork()
      socket.resume()
      if (over) socket.destroy()
      else if (socket.destroyed) end()
    },
    drop: (how) => {
      if (how === 'fin') socket.end()
      else reset()
      end()
    },
  }
  return session
}
