// Saves, swaps, generated files and restarts in any order, with real files, against what a person really saved.
import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Generates,
  type Manners,
  readSources,
  type SavedProject,
  type Sources,
  startSavedProject,
} from '../../support/daemon/saved-project.ts'
import { put } from '../../support/watched-folder.ts'

/** The same steps each time: a thousand of them take a while. */
const SEED = Number(process.env['PROPERTY_SEED'] ?? 1126)
const PROJECTS = 20
const STEPS = 50

const FIRST: Sources = new Map(
  ['bot.js', 'prompts.yaml', 'src/a.js', 'src/deep/b.js', 'config/c.json'].map((path) => [path, `first ${path}`]),
)

type Step =
  | { readonly do: 'save' | 'replace' | 'save twice' | 'remove'; readonly path: string }
  | { readonly do: 'save several'; readonly paths: readonly string[] }
  | { readonly do: 'swap' | 'remove and make again'; readonly folder: string }
  | { readonly do: 'restart' | 'crash' }
  | { readonly do: 'pass'; readonly ms: number }

/** A step, or a look at what the bot runs. */
type Todo = Step | { readonly do: 'look' }

const path = fc.constantFrom('bot.js', 'prompts.yaml', 'src/a.js', 'src/deep/b.js', 'src/new.js', 'config/c.json')
const folder = fc.constantFrom('src', 'src/deep', 'config')
const paths = fc.uniqueArray(path, { minLength: 2, maxLength: 4 })
const ms = fc.constantFrom(1, 50, 700, 2_000, 12_000)
const step: fc.Arbitrary<Todo> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('save' as const, 'save', 'replace', 'save twice'), path }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), path: fc.constant('src/new.js') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('save several' as const), paths }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('swap' as const, 'remove and make again'), folder }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'crash') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), ms }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
)

const manners: fc.Arbitrary<Manners> = fc.record({
  generates: fc.constantFrom<Generates>('nothing', 'nothing', 'a build', 'code', 'data', 'names'),
  listensAfterMs: fc.constantFrom(0, 0, 200, 3_000),
})

/** A person at a project: what was saved last, and how often something was done for which the bot may be started. */
interface Person {
  readonly saved: ReadonlyMap<string, string>
  reasons(): number
  act(step: Step): Promise<void>
}

function createPerson({ root, pass, restart, crash }: SavedProject): Person {
  const saved = new Map(FIRST)
  let reasons = 0
  const at = (name: string): string => join(root, name)

  /** What is to be saved next, which nobody has saved before. */
  function newText(name: string): string {
    reasons += 1
    const text = `text ${reasons}`
    saved.set(name, text)
    return text
  }

  const save = (name: string): Promise<void> => put(at(name), newText(name))

  /** New texts of all that is in a folder, by their paths from there. */
  const newTexts = (of: string): (readonly [string, string])[] =>
    [...saved.keys()]
      .filter((name) => name.startsWith(`${of}/`))
      .map((name) => [name.slice(of.length + 1), newText(name)])

  async function act(todo: Step): Promise<void> {
    switch (todo.do) {
      case 'save':
        return save(todo.path)
      case 'save twice':
        await save(todo.path)
        return save(todo.path)
      case 'replace':
        await put(at('../beside'), newText(todo.path))
        await mkdir(dirname(at(todo.path)), { recursive: true })
        return rename(at('../beside'), at(todo.path))
      case 'remove':
        if (saved.delete(todo.path)) reasons += 1
        return rm(at(todo.path), { force: true })
      case 'save several':
        await Promise.all(todo.paths.map(save))
        return
      case 'swap': {
        const next = at(`../next ${reasons}`)
        for (const [name, text] of newTexts(todo.folder)) await put(join(next, name), text)
        await rename(at(todo.folder), at(`../old ${reasons}`))
        return rename(next, at(todo.folder))
      }
      case 'remove and make again':
        await rm(at(todo.folder), { recursive: true })
        for (const [name, text] of newTexts(todo.folder)) await put(join(at(todo.folder), name), text)
        return
      case 'restart':
        reasons += 1
        return restart()
      case 'crash':
        reasons += 1
        return crash()
      case 'pass':
        return pass(todo.ms)
    }
  }
  return { act, saved, reasons: () => reasons }
}

/** Longer than any wait of the guard against restarts that nobody saved. */
const ALL_WAITS_MS = 11 * 60_000
/** How often the bot is started, beside what somebody does, for what it writes itself. */
const OWN_STARTS = 12

const isSteady = ({ generates }: Manners): boolean => generates === 'nothing' || generates === 'a build'

/** What nobody may be restarted for: the content is what it was, or ignored. */
function changeNothing({ root }: SavedProject, saved: Sources): void {
  for (const [name, text] of saved) writeFileSync(join(root, name), text)
  utimesSync(join(root, 'bot.js'), new Date(), new Date())
  writeFileSync(join(root, 'debug.log'), `${Math.random()}`)
  renameSync(join(root, 'src'), join(root, 'away'))
  renameSync(join(root, 'away'), join(root, 'src'))
}

const sorted = (sources: Sources): Sources => new Map([...sources].sort(([one], [other]) => one.localeCompare(other)))

/** Waits until the bot runs what was saved last. Fails when it does not in an hour. */
async function untilItRuns(project: SavedProject, saved: Sources): Promise<void> {
  const isSame = (sources: Sources | null): boolean =>
    sources !== null && sources.size === saved.size && [...saved].every(([name, text]) => sources.get(name) === text)
  const since = project.clock.now()
  let ms = 100
  for (await project.noticed(); !isSame(project.running()); await project.noticed()) {
    if (project.clock.now() - since > 60 * 60_000) break
    await project.pass(ms)
    ms = Math.min(2 * ms, 60_000)
  }
  expect(sorted(project.running() ?? new Map())).toEqual(sorted(saved))
}

async function look(project: SavedProject, how: Manners, saved: Sources): Promise<void> {
  await untilItRuns(project, saved)
  expect(sorted(await readSources(project.root))).toEqual(sorted(saved))
  // What was noticed only once the bot had read it may start it once more.
  await project.pass(ALL_WAITS_MS)
  await untilItRuns(project, saved)
  const before = project.reasons.length
  changeNothing(project, saved)
  await project.noticed()
  for (const passing of [50, 2_000, 60_000]) {
    await project.pass(passing)
    await project.noticed()
  }
  const restarts = project.reasons.slice(before)
  if (isSteady(how)) expect(restarts).toEqual([])
  else expect(restarts.length).toBeLessThanOrEqual(OWN_STARTS)
  await untilItRuns(project, saved)
}

async function play(project: SavedProject, how: Manners, steps: readonly Todo[]): Promise<void> {
  const person = createPerson(project)
  for (const todo of [...steps, { do: 'look' } as const]) {
    if (todo.do === 'look') await look(project, how, person.saved)
    else await person.act(todo)
  }
  expect(project.starts()).toBeLessThanOrEqual(1 + 4 * (person.reasons() + OWN_STARTS))
}

describe('Whatever is saved, swapped, generated and restarted', () => {
  it(`the bot ends up running the last save, and is never started without one (seed ${SEED})`, {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(manners, fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (how, steps) => {
        const project = await startSavedProject(FIRST, how)
        try {
          await play(project, how, steps)
        } finally {
          await project.stop()
        }
      }),
      { numRuns: PROJECTS, seed: SEED, endOnFailure: true },
    )
  })
})
