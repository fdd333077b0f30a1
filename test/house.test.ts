// The house rules: who imports whom, one kind of outside package per room, and how large and how named things may be.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readSources, repeated, roomOf } from './support/source-files.ts'

interface Room {
  /** The folders of ours that it may import. */
  readonly imports: readonly string[]
  /** The packages that it may import. */
  readonly packages: readonly string[]
}

const ROOMS = [
  'tunnel',
  'platform',
  'gateway',
  'journal',
  'lock',
  'delivery',
  'bot',
  'watch',
  'inspector',
  'sandbox',
  'relay',
] as const

const HOUSE: Readonly<Record<string, Room>> = {
  core: { imports: [], packages: [] },
  protocol: { imports: ['core'], packages: [] },
  config: { imports: ['protocol', 'core'], packages: ['jiti', 'leven', 'yaml'] },
  tunnel: { imports: ['protocol', 'core'], packages: ['@ngrok/ngrok', 'undici'] },
  platform: { imports: ['protocol', 'core'], packages: ['undici'] },
  gateway: { imports: ['protocol', 'core'], packages: [] },
  journal: { imports: ['core'], packages: [] },
  lock: { imports: ['core'], packages: [] },
  delivery: { imports: ['core'], packages: ['undici'] },
  bot: { imports: ['core'], packages: ['tinyexec'] },
  watch: { imports: ['core'], packages: ['ignore'] },
  inspector: { imports: ['protocol', 'core'], packages: ['fastify'] },
  // It is built for a browser: what it imports must not need Node.
  'inspector/page': { imports: ['inspector', 'protocol', 'core'], packages: ['diff', 'preact'] },
  sandbox: { imports: ['protocol', 'core'], packages: [] },
  relay: {
    imports: ['protocol', 'core'],
    packages: ['@nats-io/jetstream', '@nats-io/kv', '@nats-io/nkeys', '@nats-io/transport-node', 'selfsigned'],
  },
  daemon: { imports: ['config', 'protocol', 'core', ...ROOMS], packages: [] },
  kit: { imports: ['config', 'protocol', 'core', 'bot', 'sandbox'], packages: ['vitest'] },
  doctor: { imports: ['daemon', 'config', 'protocol', 'core', ...ROOMS], packages: [] },
  onboarding: { imports: ['daemon', 'config', 'protocol', 'core', 'platform'], packages: ['ignore'] },
  cli: {
    imports: ['onboarding', 'doctor', 'daemon', 'config', 'protocol', 'core', ...ROOMS],
    packages: [
      '@clack/prompts',
      '@modelcontextprotocol/server',
      'commander',
      'fast-string-width',
      'fast-wrap-ansi',
      'leven',
    ],
  },
  'index.ts': { imports: ['daemon', 'config', 'core'], packages: [] },
}

/** What only the front door may touch. */
const OUTSIDE = /\bprocess\.(argv|env|exit|exitCode|on|once|stdout|stderr|stdin)\b/
/** What is a process, or a thread, of its own has a front door of its own, and so has the kit in the process of the tests. */
const CHILDREN = new Set([
  'kit/bot/environment.ts',
  'tunnel/ngrok/child.ts',
  'daemon/watchdog/child.ts',
  'config/modules/module-worker.ts',
])

/**
 * Who may name a tunnel provider: its own folder, the tables in which it has a row, its part of the config, and what doctor
 * and init tell people about it.
 */
const NAMES_NGROK = [
  /^tunnel\/(?:ngrok\/|provider-table\.ts|public-sides\.ts)/,
  /^config\/(?:options\.ts|ngrok\/)/,
  /^core\/errors\.ts/,
  /^(?:doctor|onboarding|cli\/init)\//,
  /^cli\/commands\/init\.ts/,
]

/** A deadline counts on a clock that nobody sets; these compare with a time that somebody else has written down. */
const WALL_CLOCK_SUMS: Readonly<Record<string, string>> = {
  'doctor/checks/token.ts': 'the end of a token',
  'doctor/probe-api.ts': 'the clock of the platform',
  'lock/liveness.ts': 'the start of the machine',
  'lock/lock.ts': 'the age of a file',
  'onboarding/try-token.ts': 'the end of a token',
  'protocol/proof.ts': 'the clock of another machine',
  'relay/seat/probe.ts': 'the clock of the relay',
  'watch/file-state.ts': 'the age of a file',
}

const sources = readSources()

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')

describe('The house', () => {
  it('has only rooms that the plan knows', () => {
    expect(sources.filter(({ room }) => !(room in HOUSE)).map(({ path }) => path)).toEqual([])
  })

  it('imports downwards only, and no room imports another', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((name) => name.startsWith('.'))
        .map((name) => roomOf(source, name))
        .filter((room) => room !== source.room && !HOUSE[source.room]?.imports.includes(room))
        .map((room) => `${source.path} imports ${room}`),
    )
    expect(wrong).toEqual([])
  })

  it('lets each room use the packages of its own trade only', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((name) => !name.startsWith('.') && !name.startsWith('node:'))
        .map(packageOf)
        .filter((name) => !HOUSE[source.room]?.packages.includes(name))
        .map((name) => `${source.path} imports ${name}`),
    )
    expect(wrong).toEqual([])
  })

  it('imports nothing of Node into the page', () => {
    const wrong = sources.filter(
      ({ room, imports }) => room === 'inspector/page' && imports.some((name) => name.startsWith('node:')),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('touches argv, environment, signals, streams and exit codes at the front door only', () => {
    const wrong = sources.filter(({ room, path, text }) => room !== 'cli' && !CHILDREN.has(path) && OUTSIDE.test(text))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('names ngrok only where a provider has its own place', () => {
    const wrong = sources.filter(({ path, text }) => /ngrok/i.test(text) && !NAMES_NGROK.some((own) => own.test(path)))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('opens every file with one sentence that says what it owns', () => {
    const wrong = sources.filter(({ head }) => !/^\/\/ [A-Z`].*\.$/.test(head) || /[.!?] [A-Z]/.test(head))
    expect(wrong.map(({ path, head }) => `${path}: ${head}`)).toEqual([])
  })

  it('keeps every file at 300 lines or fewer', () => {
    const wrong = sources.filter(({ text }) => text.split('\n').length > 301)
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  it('keeps every folder at 18 files or fewer', () => {
    const wrong = repeated(sources, ({ folder }) => [folder]).filter(([, files]) => files.length > 18)
    expect(wrong.map(([folder, files]) => `${folder} has ${files.length}`)).toEqual([])
  })

  it('keeps every function at 80 lines or fewer, but for those of which a comment says why they are one story', () => {
    const wrong = sources.flatMap(({ path, functions }) =>
      functions
        .filter(({ lines, isOneStory }) => lines > 80 !== isOneStory)
        .map(
          ({ line, lines, isOneStory }) => `${path}:${line} has ${lines}${isOneStory ? ', and needs no excuse' : ''}`,
        ),
    )
    expect(wrong).toEqual([])
  })

  it('waits by core/async alone', () => {
    const wrong = sources
      // A browser has timers of its own.
      .filter(({ path }) => path !== 'core/async.ts' && path !== 'inspector/page/model/later.ts')
      .flatMap(({ path, imports, ownWaits }) => [
        ...imports.filter((name) => name === 'node:timers/promises').map((name) => `${path} imports ${name}`),
        ...ownWaits.map(({ line, what }) => `${path}:${line} has ${what}`),
      ])
    expect(wrong).toEqual([])
  })

  it('calculates with the clock of the machine only where a time comes from outside', () => {
    const wrong = sources
      .filter(({ path }) => !(path in WALL_CLOCK_SUMS))
      .flatMap(({ path, wallClockSums }) => wallClockSums.map((line) => `${path}:${line}`))
    expect(wrong).toEqual([])
  })

  it('gives no two files of a room the same name', () => {
    const wrong = repeated(sources, ({ room, name }) => [`${room}: ${name}`])
    expect(wrong.map(([, files]) => files.map(({ path }) => path))).toEqual([])
  })

  it('gives no two exported types the same name', () => {
    // Those of the kit have the names that tests know; what they stand for has them too, further inside.
    const inside = sources.filter(({ room }) => room !== 'kit')
    const wrong = repeated(inside, ({ types }) => types)
    expect(wrong.map(([name, files]) => `${name}: ${files.map(({ path }) => path).join(', ')}`)).toEqual([])
  })
})

describe('The tests', () => {
  it('are laid out in one way, with describe and it', () => {
    const root = fileURLToPath(new URL('.', import.meta.url))
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.test.ts'))
    const wrong = files.filter((path) => /^(test|suite)\b/m.test(readFileSync(join(root, path), 'utf8')))
    expect(wrong).toEqual([])
  })
})
