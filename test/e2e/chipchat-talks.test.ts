// Bots that do what the SDK's examples and documentation do, talked to as people do it: with `--say`, and at the prompt.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { getIn } from '../../src/sandbox/json-path.ts'
import { ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { ENTER, startTerminal } from '../support/cli/terminal.ts'
import { freePort } from '../support/free-port.ts'
import { callApi } from '../support/platform/sandboxes.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

const BOTS = fileURLToPath(new URL('../support/bot/chipchat-bots.js', import.meta.url))

/** What Jenny says, and what she sees of the answer. */
type Exchange = readonly [says: string, ...sees: readonly string[]]

/** A bot, and a talk with it; several bots are one process. */
interface Said {
  readonly bots: string
  readonly flags?: readonly string[]
  readonly talk: readonly Exchange[]
}

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `message ${n + 1}`)

/** The talks of each round go on side by side. */
const ROUNDS: readonly (readonly Said[])[] = [
  [
    {
      bots: 'context,ask,api,pagination,say,rest,copyForms,sequence,many',
      flags: ['--scope', 'admin'],
      talk: [
        ['load', 'by promise', 'by callback', 'missing conversation null', '2 conversations, one of type bot'],
        ['colour', 'Favourite colour?'],
        ['red', 'Second favourite?'],
        ['blue', 'You like red and blue'],
        ['promise', 'Which?'],
        ['this', 'Oh, this!'],
        ['api', 'null 1 Jenny', 'Review is queued with 3 messages'],
        ['pages', '31 and 20'],
        ['multi', 'Start', 'Step 1', 'Step 2'],
        ['async', 'three', 'two', 'one'],
        ['rest', 'Two, then 404 Article not found'],
        ['copy', 'Test Drive model 2'],
        ['sequence', 'First', 'Second'],
        ['many', ...numbered(31)],
      ],
    },
    {
      bots: 'show',
      talk: [
        ['replies', 'Which?', '[Red]  [Blue]'],
        ['link', 'Here', '[Site] https://example.com/'],
        ['picture', 'picture https://example.com/a.png'],
        ['html', 'Hello you', 'Bye'],
        [
          'items',
          'Cars',
          '- Audi',
          '  picture https://example.com/Audi.png',
          '  [Choose]',
          '- BMW',
          '  picture https://example.com/BMW.png',
          '  [Choose]',
        ],
      ],
    },
    { bots: 'middleware', talk: [['quietly', 'QUIETLY']] },
  ],
  [
    { bots: 'mixin', talk: [['hi', '👍']] },
    { bots: 'modules', talk: [['hi', 'Need help?', '[Settings]']] },
    { bots: 'preload', talk: [['hi', 'in DEVELOPER: Sandbox, 0']] },
    {
      bots: 'start',
      talk: [
        ['hi', '👍'],
        ['again', '👍'],
      ],
    },
    { bots: 'state', talk: [['hi', 'Take a step', '[take a step]']] },
  ],
  [
    { bots: 'takeOver', talk: [['hi', 'at your service']] },
    { bots: 'ignoring', flags: ['--arrival', 'joined'], talk: [['one', 'heard one']] },
    { bots: 'instance', talk: [['hi', 'enabled true {}']] },
    { bots: 'refresh', talk: [['hi', 'still here']] },
    { bots: 'extensions', talk: [['hi', 'one', '1 request']] },
  ],
  [
    { bots: 'ingest', talk: [['hi', 'taken in']] },
    { bots: 'express', talk: [['hi', 'by express']] },
    { bots: 'http', talk: [['hi', 'by http']] },
    { bots: 'inBody', talk: [['hi', 'in the', 'answer']] },
  ],
]

/** What the whole talk prints, and how it ends. */
async function say({ bots, flags = [], talk }: Said): Promise<unknown> {
  const cli = await startCli({
    args: ['sandbox', ...flags, ...talk.flatMap(([text]) => ['--say', text])],
    env: { PORT: String(await freePort()) },
    command: [process.execPath, BOTS, bots],
  })
  const { code, stdout, stderr } = await cli.ended
  return { bots, code, sees: stdout.trimEnd().split('\n'), ...(code !== 0 && { stderr }) }
}

/** What is typed, and what is shown then. */
type Step = readonly [types: string, shows: string | RegExp]

interface Typed {
  readonly bots: string
  readonly flags?: readonly string[]
  readonly steps: readonly Step[]
}

const HIDDEN = '(the contact does not see this'

const TYPED: readonly (readonly Typed[])[] = [
  [
    {
      bots: 'ask,show',
      steps: [
        // The SDK notes its question after it is asked, and an answer before that is none.
        ['colour', /bot › Favourite colour\?[\s\S]*bot › \/set _asked/],
        ['red', /bot › Second favourite\?[\s\S]*bot › \/set _asked|bot › \/set _asked[\s\S]*bot › Second favourite\?/],
        ['blue', 'bot › You like red and blue'],
        ['promise', /bot › Which\?[\s\S]*bot › \/set _asked/],
        ['this', 'bot › Oh, this!'],
        ['replies', '[1 Red]  [2 Blue]'],
        ['2', 'bot › You chose Blue'],
        ['items', '[2 Choose]'],
        ['2', 'bot › You chose BMW'],
        ['1', 'bot › You chose Audi'],
      ],
    },
    {
      bots: 'echo',
      steps: [
        ['/as alex', 'agent · conversation Jenny'],
        ['Ping', `bot › Pong ${HIDDEN}`],
      ],
    },
    {
      bots: 'modules',
      steps: [
        ['hi', '[1 Settings]'],
        ['1', 'bot › You clicked SETTINGS, Settings'],
      ],
    },
    {
      bots: 'state',
      steps: [
        ['hi', '[1 take a step]'],
        ['1', 'bot › /set step 2'],
        ['so?', 'bot › Used Car, two steps'],
      ],
    },
  ],
  [
    {
      bots: 'triggers',
      steps: [
        ['/as alex', 'agent ·'],
        ['/join', '[1 yes]'],
        ['1', /bot › Any good\?[\s\S]*bot › \/set _asked/],
        ['/note Awesome', `bot › Report ${HIDDEN}: in the backchannel)`],
        ['>review', 'bot › Any good?'],
      ],
    },
    {
      bots: 'events',
      steps: [
        ['hello', 'bot › Want a car?'],
        ['yes please', 'bot › Okidoki'],
        ['/as alex', 'agent ·'],
        ['@Echo help', 'bot › yes?'],
        ['>location', `bot › planet earth ${HIDDEN}: in the backchannel)`],
      ],
    },
    {
      bots: 'takeOver',
      steps: [
        ['hi', 'bot › at your service'],
        ['/as alex', 'agent ·'],
        ['I have this one', 'bot › /leave'],
      ],
    },
    {
      bots: 'ignoring',
      steps: [
        ['one', 'bot › /join'],
        ['two', 'bot › heard two'],
      ],
    },
    {
      bots: 'start',
      steps: [
        ['hi', 'bot › 👍'],
        ['again', /bot › \/leave[\s\S]*bot › 👍/],
      ],
    },
  ],
]

/** Types each line once the one before has had its answer. */
async function type({ bots, flags = [], steps }: Typed): Promise<void> {
  const terminal = await startTerminal({
    args: ['sandbox', '--no-watch', ...flags, '--', process.execPath, BOTS, bots],
    env: { PORT: String(await freePort()) },
    columns: 110,
  })
  await terminal.shows(/Ready in[\s\S]*· bot ready/)
  for (const [line, shows] of steps) {
    terminal.type(`${line}${ENTER}`)
    await terminal.shows(shows)
  }
  terminal.type(`/quit${ENTER}`)
  expect(await terminal.ended).toBe(0)
}

describe('Talked to with `--say`', () => {
  it.each(ROUNDS)('what it answers is all that the contact sees: $bots, $bots', async (...round) => {
    const seen = await Promise.all(round.map(say))
    expect(seen).toEqual(round.map(({ bots, talk }) => ({ bots, code: 0, sees: talk.flatMap(([, ...sees]) => sees) })))
  })

  it('a bot that the contact does not hear is told why', async () => {
    const silent = { bots: 'silent', flags: ['--timeout', '3s'], talk: [['hi']] } as const
    expect(await say(silent)).toMatchObject({
      code: 1,
      sees: [''],
      stderr: expect.stringContaining('wrote 1 message that the contact does not see'),
    })
  })
})

// What is left running is found in /proc.
describe.runIf(process.platform === 'linux')('Talked to at the prompt', () => {
  it.each(TYPED)('it answers whoever speaks: $bots, $bots', async (...round) => {
    await Promise.all(round.map(type))
  })

  it('offers the lines of an article when an agent opens a form', async () => {
    const apiPort = await freePort()
    const flags = ['--scope', 'admin', '--api-port', String(apiPort)]
    const port = String(await freePort())
    const terminal = await startTerminal({
      args: ['sandbox', '--no-watch', ...flags, '--', process.execPath, BOTS, 'quickReplies'],
      env: { PORT: port },
      columns: 110,
    })
    await terminal.shows(/Ready in[\s\S]*· bot ready/)
    const api = `http://127.0.0.1:${apiPort}`
    const { body: sam } = await callApi({ api, token: '' }, 'POST', '/v2/auth/token', login('sam'))
    const token = String(getIn(sam, ['token']))
    const lines = { title: 'Brands', content: '<p>Audi</p>\n<p>BMW</p>' }
    const { body: article } = await callApi({ api, token }, 'POST', '/v2/articles', lines)
    const meta = { init: `article:${String(getIn(article, ['id']))}` }
    const form = { name: 'Test Drive', fields: [{ name: 'brand', key: 'brand' }], meta }
    await callApi({ api, token }, 'POST', '/v2/forms', form)
    for (const [line, shows] of [
      ['/form nothing', 'there is no form `nothing`: there is Test Drive'],
      ['/form test drive', 'Alex Agent opens the form Test Drive (brand)'],
      ['', '[1 Audi]  [2 BMW]'],
      ['2', 'Jenny presses BMW'],
      ['/fill', 'brand:'],
      ['/fill brand BMW', 'Jenny fills in brand: BMW'],
      ['/fill colour red', 'the fields are brand'],
      ['/send', 'Jenny sends the form Test Drive'],
    ] as const) {
      terminal.type(`${line}${ENTER}`)
      await terminal.shows(shows)
    }
  })
})

const login = (name: string) => ({ email: `${name}@sandbox.example`, password: 'any' })

/** Whether a process can be the first one of a namespace of its own here, as in a container. */
const canBeFirst = spawnSync('unshare', ['--fork', '--pid', 'true']).status === 0

const BOT_ENV = /bot env +APIHOST=(\S+) TOKEN=(\S+)/

describe('Without a terminal', () => {
  it('a bot is started by hand with what stands below the ready block', async () => {
    const port = String(await freePort())
    const cli = await startCli({ args: ['sandbox'], env: { PORT: port } })
    await eventually(() => BOT_ENV.test(cli.errors()))
    const [, api, token] = BOT_ENV.exec(cli.errors()) ?? []
    const env = { PATH: process.env['PATH'], PORT: port, APIHOST: api, TOKEN: token }
    const child = spawn(process.execPath, [ECHO_BOT], { env, stdio: 'ignore' })
    onTestFinished(() => void child.kill('SIGKILL'))
    await eventually(() => cli.errors().includes('bot ready'))
    for (const line of ['hi', '//slash', '/as alex', 'Ping', '/quit']) cli.type(line)
    expect(await cli.ended).toMatchObject({ code: 0, stdout: 'You said: hi\nYou said: /slash\n' })
  })

  it.runIf(canBeFirst)('it runs as the first process, with stdin closed, until it is told to end', async () => {
    const apiPort = String(await freePort())
    const cli = await startCli({
      args: ['sandbox', '--json', '--api-port', apiPort],
      env: { PORT: String(await freePort()) },
      command: [process.execPath, ECHO_BOT],
      under: ['unshare', '--fork', '--pid', '--kill-child'],
    })
    cli.endInput()
    expect(await cli.notice('ready')).toMatchObject({ pid: 1 })
    await cli.notice('bot', ({ state }) => state === 'ready')
    const api = `http://127.0.0.1:${apiPort}`
    const { body: jenny } = await callApi({ api, token: '' }, 'POST', '/v2/auth/token', login('jenny'))
    const token = String(getIn(jenny, ['token']))
    const { body } = await callApi({ api, token }, 'GET', `/v2/contacts/${String(getIn(jenny, ['user']))}`)
    const path = `/v2/conversations/${String(getIn(body, ['conversation']))}/messages`
    await callApi({ api, token }, 'POST', path, { text: 'hi' })
    expect(await cli.notice('message', ({ role }) => role === 'bot')).toMatchObject({ text: 'You said: hi' })
    const running = await processesOf(cli.home)
    const first = running.find(({ pid, command }) => pid !== cli.pid && command.includes('dist/cli/main.js sandbox'))
    process.kill(first?.pid ?? 0, 'SIGTERM')
    expect(await cli.notice('stopped')).toMatchObject({ exitCode: 0 })
    expect((await cli.ended).code).toBe(0)
  })
})
