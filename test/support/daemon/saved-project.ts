// A project with real files, its watcher and its supervisor, and a bot that is a process in name only: it reads its files, and writes some.
import { writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { BotProcess, Exit } from '../../../src/bot/process.ts'
import { startSupervisor } from '../../../src/bot/supervisor.ts'
import { loadConfig } from '../../../src/config/load.ts'
import type { NoticeBody } from '../../../src/core/notices.ts'
import { watchSaves } from '../../../src/daemon/running/on-save.ts'
import { startWatcher } from '../../../src/watch/watcher.ts'
import { createForwardClock } from '../fake-clock.ts'
import { folderForTest } from '../folder.ts'
import { eventually } from '../wait.ts'
import { put } from '../watched-folder.ts'

/** The sources of the bot, by their path with slashes. */
export type Sources = ReadonlyMap<string, string>

/** What the bot, or the command that builds it first, writes at each of its starts. */
export type Generates =
  | 'nothing'
  /** `dist/`, removed and made again from the sources. */
  | 'a build'
  /** Other content of the same file, before it listens. */
  | 'code'
  | 'data'
  /** A file of a new name. */
  | 'names'

export interface Manners {
  readonly generates: Generates
  /** How long it takes to listen once it has read its files, in ms. */
  readonly listensAfterMs: number
}

export interface SavedProject {
  readonly root: string
  readonly clock: ReturnType<typeof createForwardClock>
  readonly warnings: string[]
  /** Why the bot was restarted, each time. */
  readonly reasons: readonly string[]
  /** How often the bot was started. */
  starts(): number
  /** What the bot that is ready has read; `null` when none is. */
  running(): Sources | null
  /** Restarts it, as the key `b` does. */
  restart(): void
  /** Has it end by itself. */
  crash(): void
  /** Resolves when the latest process has done all that it does at its start, and everything that was written before has been noticed. */
  noticed(): Promise<void>
  /** Lets time pass, in which the bot does what it does. */
  pass(ms: number): Promise<void>
  /** Ends the bot and the watcher. */
  stop(): Promise<void>
}

const REQUIRED = 'bot.js'
const STRIDE_MS = 500
const READY_STRIDE_MS = 60_000

/** Starts the bot of a project; its folder goes when the test is over. */
export async function startSavedProject(files: Sources, manners: Manners): Promise<SavedProject> {
  const root = join(await folderForTest(), 'project')
  for (const [file, text] of files) await put(join(root, file), text)
  const clock = createForwardClock()
  const processes = createProcesses(root, manners, clock)
  const warnings: string[] = []
  const read = () => loadConfig({}, { cwd: root, env: {}, platform: process.platform, sourceOf: (key) => key })
  let bot: ReturnType<typeof startSupervisor> | null = null
  const watcher = watchSaves(
    {
      config: await read(),
      reload: read,
      command: ['bot'],
      stateHome: join(root, '../state'),
      restart: (reason, certainty) => bot?.restart(reason, certainty),
      eventsChanged: () => undefined,
      emit: (notice) => void warnings.push(textOf(notice)),
      clock,
    },
    new AbortController().signal,
  )
  if (watcher === null) throw new Error('it watches')
  await watcher.ready
  bot = startSupervisor({
    command: ['bot'],
    cwd: root,
    env: () => ({}),
    savesSettled: watcher.settled,
    host: '127.0.0.1',
    port: 1,
    output: () => undefined,
    warn: (kind, message) => void warnings.push(`${kind}: ${message}`),
    pause: async () => undefined,
    lateMs: 2 ** 31 - 1,
    readiness: processes.readiness,
    startProcess: processes.start,
    clock,
  })
  const started = bot
  started.on(watcher.botChanged)
  const reasons: string[] = []
  started.on((state) => {
    if (state.state === 'stopping') reasons.push(state.reason ?? 'the end')
  })
  const witness = await watchBeside(root)
  return {
    root,
    clock,
    warnings,
    reasons,
    starts: processes.starts,
    running: () => (started.current().state === 'ready' ? processes.read() : null),
    restart: () => started.restart('asked'),
    crash: processes.crash,
    noticed: async () => {
      let before: number
      do {
        before = processes.starts()
        await processes.idle()
        await witness.mark()
        await watcher.settled()
      } while (processes.starts() !== before || started.current().state === 'stopping')
    },
    pass: async (ms) => {
      // All that falls due in one stride happens at its end, at the same time.
      for (let left = ms; left > 0; ) {
        const stride = started.current().state === 'ready' ? READY_STRIDE_MS : STRIDE_MS
        await clock.skip(Math.min(stride, left))
        await processes.idle()
        left -= stride
      }
    },
    stop: async () => {
      await Promise.all([started.stop(), watcher.stop(), witness.stop()])
      await processes.idle()
    },
  }
}

interface Witness {
  /** Writes a file and resolves when that has been noticed: all that was written before has been noticed by then. */
  mark(): Promise<void>
  stop(): Promise<void>
}

/** Watches a file beside the project. */
async function watchBeside(root: string): Promise<Witness> {
  let seen = 0
  let marks = 0
  const above = join(root, '..')
  const onChange = (): void => {
    seen += 1
  }
  const watcher = startWatcher({ root: above, paths: ['mark'], onBatch: () => {}, onChange, warn: () => {} })
  await watcher.ready
  return {
    stop: watcher.stop,
    mark: async () => {
      const before = seen
      marks += 1
      writeFileSync(join(above, 'mark'), `mark ${marks}`)
      await eventually(() => seen > before)
    },
  }
}

const textOf = (notice: NoticeBody): string => ('message' in notice ? String(notice.message) : notice.type)

interface Program {
  exit: Exit | null
  listens: boolean
  sources: Sources | null
  end(code: number | string): void
}

function createProcesses(root: string, { generates, listensAfterMs }: Manners, clock: SavedProject['clock']) {
  let latest: Program | null = null
  let starts = 0
  let running = Promise.resolve()

  async function run(program: Program, n: number): Promise<void> {
    const isGone = (): boolean => program.exit !== null
    await generate(root, generates, n, isGone)
    const sources = await readSources(root)
    if (isGone()) return
    // It cannot be loaded.
    if (!sources.has(REQUIRED)) return program.end(1)
    program.sources = sources
    clock.after(listensAfterMs, () => {
      program.listens = true
    })
  }

  function start(): BotProcess {
    starts += 1
    let tell: (exit: Exit) => void = () => undefined
    const exited = new Promise<Exit>((resolve) => {
      tell = resolve
    })
    const program: Program = {
      exit: null,
      listens: false,
      sources: null,
      end: (code) => {
        program.exit ??= { code }
        tell(program.exit)
      },
    }
    latest = program
    running = Promise.all([running, run(program, starts)]).then(() => undefined)
    return {
      pid: starts,
      exited,
      exit: () => program.exit,
      lastLines: () => [],
      end: async () => program.end('SIGTERM'),
    }
  }

  const isAlive = (): boolean => latest !== null && latest.exit === null
  return {
    start,
    starts: () => starts,
    idle: () => running,
    read: () => latest?.sources ?? null,
    crash: () => latest?.end(1),
    readiness: {
      isReady: async () => isAlive() && latest?.listens === true,
      isGone: async () => !isAlive(),
      isVacant: async () => !isAlive(),
    },
  }
}

async function generate(root: string, what: Generates, n: number, isGone: () => boolean): Promise<void> {
  if (what === 'code') await put(join(root, 'gen/version.js'), `start ${n}`)
  if (what === 'data') await put(join(root, 'data/state.json'), `start ${n}`)
  if (what === 'names') await put(join(root, `sessions/${n}.json`), `start ${n}`)
  if (what !== 'a build') return
  const dist = join(root, 'dist')
  await rm(dist, { recursive: true, force: true })
  const built = await readSources(root)
  if (isGone()) return
  await mkdir(dist, { recursive: true })
  await writeFile(join(dist, 'out.js'), JSON.stringify([...built]))
}

/** Reads the sources that are there, one after the other, as a program loads them. */
export async function readSources(root: string): Promise<Sources> {
  const found = new Map<string, string>()
  for (const name of ['bot.js', 'prompts.yaml', 'src', 'config']) await readInto(found, root, join(root, name))
  return found
}

async function readInto(found: Map<string, string>, root: string, path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null)
  if (entries !== null) {
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      await readInto(found, root, join(path, entry.name))
    return
  }
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text !== null) found.set(relative(root, path).split(sep).join('/'), text)
}
