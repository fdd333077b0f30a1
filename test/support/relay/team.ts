// A team as it really is: the emulated platform, a broker, a relay and developers, each a process of its own.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { type Cli, startCli } from '../cli/cli.ts'
import { folderForTest } from '../folder.ts'
import { freePort } from '../free-port.ts'
import { sandboxForTest } from '../platform/sandboxes.ts'
import { type NatsServer, natsServer } from './nats-server.ts'

const BOT = fileURLToPath(new URL('./logging-answer-bot.js', import.meta.url))

/** What a bot of a developer wrote down of a delivery. */
export interface Logged {
  readonly id: string
  readonly conversation: string
  readonly text: string
  readonly isRight: boolean
}

export interface TeamMember {
  readonly cli: Cli
  /** The deliveries that their bot has had, over all their runs. */
  log(): Promise<readonly Logged[]>
}

export interface MemberGiven {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Team {
  readonly broker: NatsServer
  readonly platform: Sandbox
  /** Starts the relay, with the same state each time; resolves once it is ready. */
  relay(args?: readonly string[]): Promise<Cli>
  /** Starts another relay of the same bot, on another machine. */
  secondRelay(): Promise<Cli>
  /** Starts a developer, with the same state and log each time; resolves once they are ready. */
  developer(name: string, given?: MemberGiven): Promise<TeamMember>
  /** Runs a command on the machine of the relay to its end. */
  atRelay(args: readonly string[]): ReturnType<typeof startCli>
  /** Runs a command of a developer to its end. */
  run(name: string, args: readonly string[]): ReturnType<typeof startCli>
}

/** Opens a team, with nobody there yet. It ends with the test. */
export async function teamForTest(): Promise<Team> {
  const broker = await natsServer()
  const platform = await sandboxForTest()
  const state = await folderForTest()
  const address = (name: string): string => broker.url.replace('//', `//${name}@`)
  const stateOf = (name: string): Readonly<Record<string, string>> => ({ XDG_STATE_HOME: join(state, name) })
  const ports = new Map<string, number>()
  const { api: APIHOST, token: TOKEN, refreshToken: REFRESH_TOKEN, email: EMAIL } = platform
  const runAtRelay = (name: string, args: readonly string[]): Promise<Cli> =>
    startCli({ args, env: { APIHOST, TOKEN, REFRESH_TOKEN, EMAIL, ...stateOf(name) } })
  const startRelay = (name: string, args: readonly string[]): Promise<Cli> =>
    runAtRelay(name, ['relay', '--json', '--take-over', '--tunnel', 'loopback', '--nats', broker.url, ...args])
  return {
    broker,
    platform,
    relay: async (args = []) => {
      const cli = await startRelay('relay', args)
      await cli.notice('ready')
      return cli
    },
    secondRelay: () => startRelay('second', []),
    developer: async (name, { args = [], env = {} } = {}) => {
      const port = ports.get(name) ?? (await freePort())
      ports.set(name, port)
      const log = join(state, `${name}.log`)
      const own = { PORT: String(port), BOT_LOG: log, BOT_NAME: name }
      const cli = await startCli({
        args: ['--json', '--relay', address(name), ...args],
        env: { ...stateOf(name), ...own, ...env },
        command: [process.execPath, BOT],
      })
      await cli.notice('ready')
      return { cli, log: async () => linesOf(await readFile(log, 'utf8').catch(() => '')) }
    },
    atRelay: (args) => runAtRelay('relay', args),
    run: (name, args) => startCli({ args, env: { ...stateOf(name), DEV_HOOK_RELAY: address(name) } }),
  }
}

const linesOf = (text: string): readonly Logged[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
