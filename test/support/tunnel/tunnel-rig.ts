// Everything a tunnel test needs, on loopback: an edge, a gateway that answers challenges, children that are counted.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import type { Tunnel, TunnelState } from '../../../src/core/ports.ts'
import { type NgrokOptions, openNgrok } from '../../../src/tunnel/ngrok/open-ngrok.ts'
import { forkNgrokChild } from '../../../src/tunnel/ngrok/process.ts'
import { createProbe, type ProbeResult, probe } from '../../../src/tunnel/probe.ts'
import { builtFile } from '../built.ts'
import { type NgrokEdge, openNgrokEdge } from './ngrok-edge/edge.ts'

/** A gateway that knows challenges only, and counts them. */
export interface ChallengeServer {
  readonly port: number
  readonly url: string
  challenges(): number
  /** From now on challenges get another answer. */
  misanswer(wrong: boolean): void
  close(): Promise<void>
}

/** Answers challenges on any path as the gateway does. */
export async function openChallengeServer(): Promise<ChallengeServer> {
  let challenges = 0
  let wrong = false
  const server = createServer((request, response) => {
    challenges += 1
    const challenge = new URL(request.url ?? '', 'http://gateway').searchParams.get('challenge')
    response.setHeader('x-dev-hook', 'jo@desk pid 1')
    response.end(wrong ? 'welcome' : challenge)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    challenges: () => challenges,
    misanswer: (now) => {
      wrong = now
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface TunnelRig {
  readonly edge: NgrokEdge
  readonly gateway: ChallengeServer
  /** Every child that was forked so far. */
  readonly children: readonly ChildProcess[]
  /** The children that still run. */
  running(): readonly ChildProcess[]
  /** Options that suit a test: the real SDK, the edge, short waits. */
  options(changes?: Partial<NgrokOptions>): NgrokOptions
  open(changes?: Partial<NgrokOptions>, signal?: AbortSignal): Promise<Tunnel>
  /** Asks a public URL of the edge once. */
  ask(publicUrl: string): Promise<ProbeResult>
  /** Closes everything; throws when a child was left. */
  close(): Promise<void>
}

const CHILD = builtFile('dist/tunnel/ngrok/child.cjs')
const HOUR = 3_600_000

/** Opens edge and gateway; tunnels come with `open`. */
export async function openTunnelRig(): Promise<TunnelRig> {
  const edge = await openNgrokEdge()
  const gateway = await openChallengeServer()
  const address = createHookAddress()
  const children: ChildProcess[] = []
  const tunnels: Tunnel[] = []
  const running = (): ChildProcess[] => children.filter((child) => child.exitCode === null && child.signalCode === null)

  const options = (changes: Partial<NgrokOptions> = {}): NgrokOptions => ({
    authtoken: edge.authtoken,
    domain: null,
    serverAddr: edge.serverAddr,
    ca: edge.ca,
    proxy: null,
    upstream: `127.0.0.1:${gateway.port}`,
    probe: createProbe(address, { ca: edge.ca, timeoutMs: 2_000 }),
    probeEveryMs: HOUR,
    probeAgainMs: 50,
    env: process.env,
    backOff: { minMs: 20, maxMs: 200 },
    fork: () => {
      const child = forkNgrokChild(CHILD, process.env)
      children.push(child)
      return child
    },
    ...changes,
  })

  return {
    edge,
    gateway,
    children,
    running,
    options,
    open: async (changes, signal = new AbortController().signal) => {
      const tunnel = await openNgrok(options(changes), signal)
      tunnels.push(tunnel)
      return tunnel
    },
    ask: (publicUrl) => probe(hookUrl(publicUrl, address), new AbortController().signal, { ca: edge.ca }),
    close: async () => {
      await Promise.all(tunnels.map((tunnel) => tunnel.close()))
      const left = running()
      for (const child of left) child.kill('SIGKILL')
      await edge.close()
      await gateway.close()
      if (left.length > 0) throw new Error(`${left.length} of ${children.length} ngrok processes were left`)
    },
  }
}

/** Resolves with the next state of this name that the tunnel announces (not with the one it has). */
export function nextState<S extends TunnelState['state']>(
  tunnel: Tunnel,
  state: S,
): Promise<Extract<TunnelState, { state: S }>> {
  const is = (seen: TunnelState): seen is Extract<TunnelState, { state: S }> => seen.state === state
  return new Promise((resolve) => {
    const off = tunnel.on((seen) => {
      if (!is(seen)) return
      off()
      resolve(seen)
    })
  })
}
