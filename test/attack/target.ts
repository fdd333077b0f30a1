// A run that is attacked: the built command line, with the sandbox as platform and a bot that records what reaches it.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { expect } from 'vitest'
import { sign } from '../../src/protocol/signature.ts'
import type { SandboxOptions } from '../../src/sandbox/options.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { RecordingBot } from '../support/bot/recording-bot.js'
import { type Cli, type CliEnd, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { registrationOf, snapshotsIn } from '../support/leftovers.ts'
import { recordingBotForTest, sandboxForTest } from '../support/platform/sandboxes.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

/** A platform, and how dev-hook is led to it; nothing runs yet. */
export interface Ring {
  readonly platform: Sandbox
  readonly before: unknown
  readonly env: Readonly<Record<string, string>>
  readonly botPort: number
  /** The home and the state of all that is started here. */
  readonly home: string
  /** Starts a run; the environment and the arguments go after the usual ones. */
  start(options?: {
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    readonly command?: readonly string[]
  }): Promise<Cli>
  /** Runs another command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliEnd>
  /** Expects that the platform is as before, and that no process and no snapshot is left. */
  expectAsBefore(): Promise<void>
}

export async function openRing(options: SandboxOptions = {}): Promise<Ring> {
  const platform = await sandboxForTest(options)
  const home = await folderForTest()
  const botPort = await freePort()
  const env = {
    APIHOST: platform.api,
    TOKEN: platform.token,
    REFRESH_TOKEN: platform.refreshToken,
    EMAIL: platform.email,
    PORT: String(botPort),
    HOME: home,
    XDG_STATE_HOME: `${home}/state`,
  }
  const before = registrationOf({ platform })
  return {
    platform,
    before,
    env,
    botPort,
    home,
    start: ({ args = [], env: more = {}, command } = {}) =>
      startCli({
        args: ['--json', '--take-over', '--tunnel', 'loopback', ...args],
        env: { ...env, ...more },
        ...(command !== undefined && { command }),
      }),
    run: async (args, more = {}) => (await startCli({ args, env: { ...env, ...more } })).ended,
    expectAsBefore: async () => {
      await eventually(async () => (await processesOf(home)).length === 0 && (await snapshotsIn(home)).length === 0)
      expect(registrationOf({ platform })).toEqual(before)
    },
  }
}

/** A run that has started, with all that the holder of its public URL knows. */
export interface Target extends Ring {
  readonly cli: Cli
  readonly bot: RecordingBot
  readonly port: number
  readonly path: string
  /** The value of `Authorization`. */
  readonly credentials: string
  /** What only the platform knows. */
  readonly secret: string
  /** The bytes of a request with credentials; signed, unless it says otherwise. */
  request(options?: RequestOptions): Buffer
  /** Expects that a contact's message reaches the bot, and that its answer is taken. */
  expectService(): Promise<void>
  /** Ends the run in order, and expects that it leaves everything as before. */
  finish(): Promise<void>
}

export interface RequestOptions {
  readonly method?: string
  readonly target?: string
  readonly body?: Buffer | string
  /** Lines of the head. */
  readonly headers?: readonly string[]
  /** `null` for none. */
  readonly credentials?: string | null
  readonly isSigned?: boolean
}

export async function openTarget(
  options: {
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
    /** The command of the bot, in place of one that records; it is given the port as `PORT`. */
    readonly command?: readonly string[]
  } = {},
): Promise<Target> {
  const { args = [], env = {}, command } = options
  const ring = await openRing()
  const bot = await recordingBotForTest(command === undefined ? { port: ring.botPort } : {})
  const cli = await ring.start({ args, env, ...(command !== undefined && { command }) })
  await cli.notice('ready')
  if (command !== undefined) await cli.notice('bot', ({ state }) => state === 'ready')
  const { url, secret } = Object(ring.platform.registration())
  const { port, pathname: path, username, password } = new URL(String(url))
  const credentials = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const request: Target['request'] = (given = {}) => {
    const { method = 'POST', target = path, headers = [], credentials: shown = credentials, isSigned = true } = given
    const body = Buffer.from(given.body ?? '')
    const lines = [
      `${method} ${target} HTTP/1.1`,
      'Host: x',
      ...(shown === null ? [] : [`Authorization: ${shown}`]),
      ...(isSigned ? [`X-Hub-Signature: ${sign(body, secret)}`] : []),
      `Content-Length: ${body.length}`,
      ...headers,
    ]
    return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
  }
  return {
    ...ring,
    cli,
    bot,
    port: Number(port),
    path,
    credentials,
    secret,
    request,
    expectService: async () => {
      const contact = await ring.platform.contact({ name: 'Jenny' })
      const message = contact.send('is anybody there?')
      const isReceived = (): boolean =>
        ring.platform.deliveries.some((one) => one.message === message.id && one.state === 'delivered')
      await eventually(isReceived)
    },
    finish: async () => {
      cli.kill('SIGINT')
      const { code, stderr } = await cli.ended
      expect(code, stderr).toBe(0)
      await ring.expectAsBefore()
    },
  }
}

/** What came back: the statuses of all answers in order, and the bytes as text. */
export interface Reaction {
  readonly statuses: readonly number[]
  readonly text: string
}

/** Sends requests as the platform does, the last of which asks for the end of the connection; resolves with the status of each. */
export async function deliver(target: Target, ...requests: readonly RequestOptions[]): Promise<readonly number[]> {
  const bytes = requests.map(({ headers = [], ...request }, n) => {
    const isLast = n === requests.length - 1
    return target.request({ ...request, headers: isLast ? [...headers, 'Connection: close'] : headers })
  })
  return (await react(target.port, (socket) => void socket.write(Buffer.concat(bytes)))).statuses
}

/** Sends bytes, says that no more will come, and reads until the other side is done. A connection that is cut is an answer too. */
export const provoke = (port: number, bytes: Buffer | string): Promise<Reaction> =>
  react(port, (socket) => void socket.end(bytes))

async function react(port: number, send: (socket: Socket) => void): Promise<Reaction> {
  const socket = connect(port, '127.0.0.1')
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => undefined)
  send(socket)
  await once(socket, 'close')
  const text = Buffer.concat(chunks).toString('latin1')
  return { statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)), text }
}

/** The memory of a process that is in use, in MiB; `null` where the system does not say. */
export async function residentMiB(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kilobytes] = /^VmRSS:\s*(\d+)/m.exec(status) ?? []
  return kilobytes === undefined ? null : Number(kilobytes) / 1024
}

/** How long some work takes, in milliseconds. */
export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
