// An ngrok service on loopback that the real SDK connects to: agent port, public HTTPS addresses, faults on request.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { type AgentSession, type SessionContext, startSession } from './agent-session.ts'
import { makeCertificate } from './certificate.ts'
import { clearFaults, createFaultState, type Stage } from './faults.ts'
import { createEdgeLog, type EdgeLog } from './log.ts'
import { openPublicSide, type PublicSide } from './public-side.ts'

/** What can be made to go wrong, now or from now on. */
interface EdgeFaults {
  /** Refuses the next `times` Auth (105, 107, 108, 4018 …) or Bind (334 …) requests with this ngrok code. */
  refuse(what: 'auth' | 'bind', code: number, times?: number): void
  /** Says nothing at this stage any more. */
  silence(stage: Stage): void
  /** Receives heartbeats, and does not answer them. */
  ignoreHeartbeats(): void
  /** Cuts every session that is there now. */
  drop(how: 'reset' | 'fin'): void
  /** The network is gone: sessions are cut, and every connection is reset, agent's and public, until `light`. */
  dark(): void
  light(): void
  /** Half-open: the sessions that are there now stay, and carry nothing. New ones are well. */
  freeze(): void
  thaw(): void
  /** Wedges the accept loop of every agent that is there now: heartbeats go on, traffic does not. */
  wedge(): void
  /** Every public request waits this long first. */
  delayPublic(ms: number): void
  /** The next `times` public requests find no endpoint, as while a new name is not known everywhere. */
  hidePublic(times: number): void
  /** The account's own name moves: its old URL is gone, and the next Bind gets a new one. */
  moveUrl(): Promise<void>
  /** Puts every switch back (sessions stay as they are). */
  clear(): void
}

/** A running edge. */
export interface NgrokEdge {
  /** `127.0.0.1:<port>` for the SDK's `server_addr`. */
  readonly serverAddr: string
  /** The only token that is accepted. */
  readonly authtoken: string
  /** PEM; trust in it is trust in the agent port and in the public URLs. */
  readonly ca: string
  /** `ca` in a file, for NODE_EXTRA_CA_CERTS. Removed by `close`. */
  readonly caFile: string
  /** The URL of a domain (of the account's own name without one), whether or not an agent has it now. */
  publicUrl(domain?: string): Promise<string>
  readonly faults: EdgeFaults
  readonly log: EdgeLog
  /** Sessions that are up now, half-open ones included. */
  sessions(): number
  /** Names that are online now. */
  endpoints(): readonly string[]
  close(): Promise<void>
}

/** Choices of a test about the edge. */
export interface EdgeOptions {
  readonly authtoken?: string
}

interface Endpoint {
  readonly session: AgentSession
  readonly bindId: string
}

/** The name that a Bind without a domain gets. */
const OWN_NAME = 'localhost'
const NAME_IN_USE = 334

/** Opens an edge on free loopback ports. */
export async function openNgrokEdge(options: EdgeOptions = {}): Promise<NgrokEdge> {
  const { authtoken = 'edge-authtoken-of-a-test-account' } = options
  const certificate = await makeCertificate()
  const secureContext = createSecureContext(certificate)
  const log = createEdgeLog()
  const faults = createFaultState()
  const sessions = new Set<AgentSession>()
  const sockets = new Set<Socket>()
  const endpoints = new Map<string, Endpoint>()
  const publicSides = new Map<string, Promise<PublicSide>>()
  let nextSession = 1

  function publicSide(name: string): Promise<PublicSide> {
    const known = publicSides.get(name)
    if (known) return known
    const opening = openPublicSide(certificate, { faults, log }, (clientAddr) => {
      const endpoint = endpoints.get(name)
      return endpoint ? endpoint.session.openProxy(endpoint.bindId, clientAddr) : null
    })
    publicSides.set(name, opening)
    return opening
  }

  function release(matches: (endpoint: Endpoint) => boolean): void {
    for (const [name, endpoint] of endpoints) if (matches(endpoint)) endpoints.delete(name)
  }

  const context: SessionContext = {
    log,
    faults,
    authtoken,
    bind: async (session, bindId, asked) => {
      const domain = asked || OWN_NAME
      if (endpoints.has(domain)) return NAME_IN_USE
      endpoints.set(domain, { session, bindId })
      return { url: (await publicSide(domain)).url, domain }
    },
    unbind: (session, bindId) => release((endpoint) => endpoint.session === session && endpoint.bindId === bindId),
    lost: (session) => {
      sessions.delete(session)
      release((endpoint) => endpoint.session === session)
    },
  }

  const server = createServer((socket) => {
    socket.setNoDelay(true)
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    log.add({ kind: faults.dark ? 'reset' : 'connection' })
    if (faults.dark) return void socket.resetAndDestroy()
    if (faults.silent.has('tls')) return
    const secured = new TLSSocket(socket, { isServer: true, secureContext })
    secured.on('error', () => {})
    secured.once('secure', () => {
      sessions.add(startSession(nextSession++, secured, () => socket.resetAndDestroy(), context))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const folder = await mkdtemp(join(tmpdir(), 'ngrok-edge-'))
  const caFile = join(folder, 'ca.pem')
  await writeFile(caFile, certificate.cert)

  const everySession = (act: (session: AgentSession) => void): void => [...sessions].forEach(act)

  return {
    serverAddr: `127.0.0.1:${port}`,
    authtoken,
    ca: certificate.cert,
    caFile,
    publicUrl: async (domain = OWN_NAME) => (await publicSide(domain)).url,
    log,
    sessions: () => sessions.size,
    endpoints: () => [...endpoints.keys()],
    faults: {
      refuse: (what, code, times = 1) => Object.assign(faults.refusals[what], { code, times }),
      silence: (stage) => faults.silent.add(stage),
      ignoreHeartbeats: () => {
        faults.beatsIgnored = true
      },
      drop: (how) => everySession((session) => session.drop(how)),
      dark: () => {
        faults.dark = true
        everySession((session) => session.drop('reset'))
      },
      light: () => {
        faults.dark = false
      },
      freeze: () => everySession((session) => session.freeze()),
      thaw: () => everySession((session) => session.thaw()),
      wedge: () => everySession((session) => session.wedge()),
      delayPublic: (ms) => {
        faults.publicDelayMs = ms
      },
      hidePublic: (times) => {
        faults.hidden = times
      },
      moveUrl: async () => {
        const old = publicSides.get(OWN_NAME)
        publicSides.delete(OWN_NAME)
        await (await old)?.close()
      },
      clear: () => clearFaults(faults),
    },
    close: async () => {
      everySession((session) => session.drop('reset'))
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      for (const side of publicSides.values()) await (await side).close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
