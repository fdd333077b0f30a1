import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { STEPS, type Step } from '../../src/daemon/start/start-steps.ts'
import type { ApiFault } from '../../src/sandbox/chaos/faults.ts'
import type { SandboxOptions } from '../../src/sandbox/options.ts'
import type { Cli, CliOptions } from '../support/cli/cli.ts'
import { startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { makeCertificate } from '../support/tunnel/ngrok-edge/certificate.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

type StartOptions = NonNullable<Parameters<TestWorld['start']>[0]>

/** One way in which a step of the start goes wrong, and how the run has to end because of it. */
interface Fault {
  readonly name: string
  /** Breaks the world; gives what the command line is started with. */
  readonly arrange: (world: TestWorld) => StartOptions | Promise<StartOptions>
  /** Breaks the world while the step is under way. */
  readonly during?: (world: TestWorld, cli: Cli) => void | Promise<void>
  /** In place of a start with --take-over and the echo bot. */
  readonly start?: (world: TestWorld, options: StartOptions) => Promise<Cli>
  readonly sandbox?: SandboxOptions
  readonly exit: number
  readonly code: string
  readonly says: RegExp
}

const api =
  (fault: ApiFault): Fault['arrange'] =>
  ({ platform }) => {
    platform.faults.add(fault)
    return {}
  }

const env =
  (variables: CliOptions['env'] & object): Fault['arrange'] =>
  () => ({ env: variables })

const error = (message: string) => ({ error: { message } })
const readsBot = /^GET \/v2\/bots\//
const writesBot = /^PATCH \/v2\/bots\//

const FAULTS: Readonly<Record<Step, readonly Fault[]>> = {
  check: [
    {
      name: 'the access token is missing',
      arrange: env({ TOKEN: '' }),
      exit: 2,
      code: 'DEVHOOK_TOKEN_MISSING',
      says: /TOKEN is set neither in the environment nor in \.env/,
    },
    {
      name: 'the access token is malformed',
      arrange: env({ TOKEN: 'abc.def' }),
      exit: 2,
      code: 'DEVHOOK_TOKEN_MALFORMED',
      says: /TOKEN is not a JSON Web Token/,
    },
    {
      name: 'the CA file of the ingress cannot be read',
      arrange: () => ({ args: ['--ngrok-ca', 'nowhere.pem'] }),
      exit: 2,
      code: 'DEVHOOK_USAGE',
      says: /nowhere\.pem/,
    },
  ],
  state: [
    {
      name: 'a file is where the state folder should be',
      arrange: async () => {
        const file = join(await folderForTest(), 'state')
        await writeFile(file, '')
        return { env: { XDG_STATE_HOME: file } }
      },
      exit: 1,
      code: 'DEVHOOK_STATE_UNWRITABLE',
      says: /state\/dev-hook/,
    },
    {
      name: 'another dev-hook holds the bot',
      arrange: async (world) => {
        const state = { XDG_STATE_HOME: await folderForTest() }
        const other = await world.start({ env: state, command: null, args: ['--tunnel', 'loopback'] })
        await other.notice('ready')
        return { env: state, args: ['--tunnel', 'loopback'] }
      },
      // With --take-over the other one would be asked to let go, and would.
      start: (world, { args = [], env: more }) =>
        startCli({ args: ['--json', ...args], env: { ...world.env, ...more } }),
      exit: 7,
      code: 'DEVHOOK_TAKEN',
      says: /another dev-hook holds this bot: \w+@\S+ pid \d+, since /,
    },
  ],
  gateway: [
    {
      name: 'the gateway port is in use',
      arrange: async () => ({ args: ['--gateway-port', String(await takenPort())] }),
      exit: 1,
      code: 'DEVHOOK_PORT_TAKEN',
      says: /port \d+ is in use/,
    },
  ],
  tunnel: [
    {
      name: 'ngrok refuses the authtoken',
      arrange: ({ edge }) => {
        edge.faults.refuse('auth', 105)
        return {}
      },
      exit: 3,
      code: 'DEVHOOK_NGROK_TOKEN_REFUSED',
      says: /ERR_NGROK_105/,
    },
    {
      name: 'ngrok refuses the endpoint',
      arrange: ({ edge }) => {
        edge.faults.refuse('bind', 313)
        return {}
      },
      exit: 4,
      code: 'DEVHOOK_TUNNEL_FAILED',
      says: /ERR_NGROK_313/,
    },
  ],
  look: [
    {
      name: 'the API answers 401, whatever the token',
      arrange: api({ match: readsBot, status: 401, body: error('invalid token') }),
      exit: 3,
      code: 'DEVHOOK_CREDENTIALS_REFUSED',
      says: /GET \/v2\/bots\/\w+ answered 401: invalid token/,
    },
    {
      name: 'the API answers 403',
      arrange: api({ match: readsBot, status: 403, body: error('Permission denied') }),
      exit: 5,
      code: 'DEVHOOK_PERMISSION_DENIED',
      says: /GET \/v2\/bots\/\w+ answered 403: Permission denied .*scope/,
    },
    {
      name: 'the API answers 404',
      arrange: api({ match: readsBot, status: 404, body: error('Bot not found') }),
      exit: 5,
      code: 'DEVHOOK_API_REFUSED',
      says: /GET \/v2\/bots\/\w+ answered 404: Bot not found/,
    },
    {
      name: 'the API answers 429 every time',
      arrange: api({
        match: readsBot,
        status: 429,
        body: error('Rate limit exceeded'),
        headers: { 'retry-after': '1' },
      }),
      exit: 5,
      code: 'DEVHOOK_API_FAILED',
      says: /GET \/v2\/bots\/\w+ answered 429: Rate limit exceeded/,
    },
    {
      name: 'the API answers 500 every time',
      arrange: api({ match: readsBot, status: 500, body: error('Internal error') }),
      exit: 5,
      code: 'DEVHOOK_API_FAILED',
      says: /GET \/v2\/bots\/\w+ answered 500: Internal error/,
    },
    {
      name: 'a web page answers in place of the API',
      arrange: api({ match: readsBot, status: 200, body: '<html><h1>Welcome to the hotel</h1></html>' }),
      exit: 5,
      code: 'DEVHOOK_API_NOT_JSON',
      says: /GET \/v2\/bots\/\w+ answered 200, but not with JSON/,
    },
    {
      name: 'nobody listens where the API should be',
      arrange: async ({ platform }) => {
        await platform.close()
        return {}
      },
      exit: 5,
      code: 'DEVHOOK_API_UNREACHABLE',
      says: /GET \/v2\/bots\/\w+ did not reach http:\/\/127\.0\.0\.1:\d+: ECONNREFUSED/,
    },
  ],
  snapshot: [
    {
      name: 'a folder is where the snapshot should be',
      // The snapshot begins with a read; while that takes its time, its place is taken.
      arrange: api({ match: readsBot, delayMs: 1_000 }),
      during: async ({ platform }, { home }) => {
        const folder = join(home, 'state', 'dev-hook', `127.0.0.1_${platform.port}`, platform.botId)
        await mkdir(join(folder, 'snapshot.json', 'taken'), { recursive: true })
        onTestFinished(() => {
          platform.faults.clear()
        })
      },
      exit: 1,
      code: 'DEVHOOK_STATE_UNWRITABLE',
      says: /snapshot\.json: EISDIR/,
    },
  ],
  claim: [
    {
      name: 'the write is refused',
      arrange: api({ match: writesBot, status: 403, body: error('Permission denied') }),
      exit: 5,
      code: 'DEVHOOK_PERMISSION_DENIED',
      says: /PATCH \/v2\/bots\/\w+ answered 403: Permission denied/,
    },
    {
      name: 'the platform refuses a URL that it cannot verify',
      arrange: () => ({}),
      sandbox: { strictVerification: true, timeoutMs: 200 },
      during: ({ edge }) => edge.faults.delayPublic(1_000),
      exit: 5,
      code: 'DEVHOOK_NOT_VERIFIED',
      says: /PATCH \/v2\/bots\/\w+ answered 403: The callback URL could not be verified/,
    },
    {
      name: 'the write is done, but every answer is lost',
      arrange: api({ match: writesBot, cut: true, after: true }),
      exit: 5,
      code: 'DEVHOOK_API_UNREACHABLE',
      says: /PATCH \/v2\/bots\/\w+ did not reach/,
    },
    {
      name: 'the claim does not stick',
      arrange: api({ match: writesBot, status: 200, body: {} }),
      exit: 5,
      code: 'DEVHOOK_CLAIM_DID_NOT_STICK',
      says: /PATCH \/v2\/bots\/\w+ with https:\/\/\S+ was accepted, but bot\.webhook shows https:\/\/bots\.example\.com\/hook/,
    },
  ],
  verify: [
    {
      name: 'the API fails while it is waited for',
      // Each read takes its time, so that the fault is there before the first one of this step has ended.
      arrange: api({ match: readsBot, delayMs: 500 }),
      during: ({ platform }) => {
        platform.faults.clear()
        platform.faults.add({ match: readsBot, status: 404, body: error('Bot not found'), times: 1 })
      },
      exit: 5,
      code: 'DEVHOOK_API_REFUSED',
      says: /GET \/v2\/bots\/\w+ answered 404/,
    },
  ],
}

/** Side by side with each other, so that the fault of one may show before the other has begun or after. */
const SIDE_BY_SIDE: readonly Step[] = ['tunnel', 'look']

const orderOf = (step: Step): number => STEPS.indexOf(SIDE_BY_SIDE.includes(step) ? 'look' : step)

describe('a start that fails', () => {
  it('has a fault for every step', () => {
    expect(Object.keys(FAULTS)).toEqual([...STEPS])
    for (const step of STEPS) expect(FAULTS[step], step).not.toEqual([])
  })

  describe.each(STEPS)('at the step "%s"', (step) => {
    it.each(FAULTS[step])('leaves nothing behind when $name', async (fault) => {
      const { arrange, during, start, sandbox = {}, exit, code, says } = fault
      const world = await worldForTest(sandbox)
      const options = await arrange(world)
      const before = registrationOf(world)
      const cli = await (start ? start(world, options) : world.start(options))
      if (during) await cli.notice('starting', (notice) => notice.step === step).then(() => during(world, cli))

      const { code: exitCode, stdout, stderr } = await cli.ended
      const problem = await cli.notice('error')
      expect(problem).toMatchObject({ code, message: expect.stringMatching(says) })
      expect(problem.remedy).not.toBe('')
      expect(exitCode, stderr).toBe(exit)
      expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', exitCode: exit })

      const steps = cli.notices.flatMap((notice) => (notice.type === 'starting' ? [notice.step] : []))
      expect(steps).toContain(step)
      for (const begun of STEPS.filter((name) => steps.includes(name))) {
        expect(orderOf(begun)).toBeLessThanOrEqual(orderOf(step))
      }
      expect(cli.notices.filter(({ type }) => type === 'error' || type === 'ready')).toHaveLength(1)
      expect(stdout + stderr).not.toContain(world.platform.token)
      expect(stdout + stderr).not.toContain(world.edge.authtoken)
      await expectNothingLeft(world, cli, before)
    })
  })

  it('leaves nothing behind when only waiting shows that it fails: no network, no challenge, no status', {
    timeout: 90_000,
  }, async () => {
    const patience: readonly (readonly [TestWorld, number, string, RegExp])[] = [
      [await darkWorld(), 4, 'DEVHOOK_TUNNEL_FAILED', /^ngrok cannot be reached at \S+:\d+: /],
      // The platform trusts another authority than the tunnel's, so that it never sends its challenge.
      [
        await worldForTest({ ca: (await makeCertificate()).cert }),
        5,
        'DEVHOOK_NOT_VERIFIED',
        /was not verified: no challenge reached dev-hook, the platform shows status unverified/,
      ],
      // Its challenge arrives, but only after it has stopped to wait for the answer.
      [
        await slowWorld(),
        5,
        'DEVHOOK_NOT_VERIFIED',
        /was not verified: a challenge was answered, the platform shows status unverified/,
      ],
    ]
    await Promise.all(
      patience.map(async ([world, exit, code, says]) => {
        const before = registrationOf(world)
        const cli = await world.start()
        expect((await cli.ended).code).toBe(exit)
        expect(await cli.notice('error')).toMatchObject({ code, message: expect.stringMatching(says) })
        await expectNothingLeft(world, cli, before)
      }),
    )
  })

  it('closes what it opened in reverse: the platform hears of the end before the tunnel and the bot go', async () => {
    const world = await worldForTest()
    world.platform.faults.add({ match: readsBot, delayMs: 500 })
    const cli = await world.start()
    await cli.notice('starting', ({ step }) => step === 'verify')
    world.platform.faults.clear()
    world.platform.faults.add({ match: readsBot, status: 404, body: error('Bot not found'), times: 1 })
    await cli.ended
    // The edge hears of the end a moment later.
    await world.edge.log.until('lost', 1)
    const [lost] = world.edge.log.of('lost')
    const restore = world.platform.calls.filter(({ method }) => method === 'PATCH').at(-1)
    expect(lost?.at).toBeGreaterThanOrEqual(restore?.at ?? Number.POSITIVE_INFINITY)
    const types = cli.notices.map((notice) => (notice.type === 'bot' ? notice.state : notice.type))
    expect(types.indexOf('error')).toBeLessThan(types.indexOf('restored'))
    expect(types.indexOf('restored')).toBeLessThan(types.indexOf('stopping'))
    expect(types.indexOf('stopping')).toBeLessThan(types.lastIndexOf('stopped'))
  })
})

async function darkWorld(): Promise<TestWorld> {
  const world = await worldForTest()
  world.edge.faults.dark()
  return world
}

async function slowWorld(): Promise<TestWorld> {
  const world = await worldForTest({ timeoutMs: 200 })
  world.edge.faults.delayPublic(1_000)
  return world
}

async function takenPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
