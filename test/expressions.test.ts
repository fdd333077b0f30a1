// No regular expression of dev-hook takes more than linear time, whatever the text it is given.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { check } from 'recheck'
import { describe, expect, it, vi } from 'vitest'
import { bundle } from '../config/bundle.mjs'
import { readSources } from './support/source-files.ts'

// Everything from outside goes through one or another of them, and while one runs nothing else does. A checker that tells
// an expression from a safe one by what it is made of finds what nobody thought of trying.

/** Bounded by steps, so that a busy machine finds what an idle one does; the limit of time is for what hangs. */
const BY_STEPS = { timeout: 120_000, attackTimeout: null, incubationTimeout: null, seedingTimeout: null }

/** A longer run than this, in characters, is no more bounded than one without a bound: the checker would try it for hours. */
const MAX_BOUND = 200

/** What may take longer, as no text from outside gets there, by its file: why it has to be as it is. */
const EXEMPT: Readonly<Record<string, string>> = {
  'config/parse-dot-env.ts': 'the expression of dotenv, for a file that its own user has written',
  'kit/matchers.ts': 'the expression that a test of a bot gives, without what it remembers',
  'protocol/personal-data/replace.ts': 'shapes as long as addresses may be, which the test of linear time tries',
  'sandbox/chaos/faults.ts': 'the pattern of whoever writes a test of a bot, who may give an expression as well',
}

interface Expression {
  readonly where: string
  readonly source: string
  readonly flags: string
}

const sources = readSources().filter(({ path }) => !(path in EXEMPT))
const written = sources.flatMap(({ path, expressions }) =>
  expressions.map(({ line, source, flags }): Expression => ({ where: `${path}:${line}`, source, flags })),
)
const building = sources.filter(({ builtExpressions }) => builtExpressions.length > 0)

/** What is wrong with an expression, with a text that shows it; `null` when nothing is. */
async function fault({ where, source, flags }: Expression): Promise<string | null> {
  const bounds = [...source.matchAll(/[{,](\d+)\}/g)].map(([, bound]) => Number(bound))
  if (bounds.some((bound) => bound > MAX_BOUND))
    return `${where}: /${source}/${flags}: repeats more than ${MAX_BOUND} times`
  const checked = await check(source, flags, BY_STEPS)
  if (checked.status === 'safe') return null
  const why = checked.status === 'unknown' ? JSON.stringify(checked.error) : checked.complexity.summary
  const shown = checked.status === 'vulnerable' ? `, for example on ${checked.attack.pattern}` : ''
  return `${where}: /${source}/${flags}: ${why}${shown}`
}

/** What is wrong with expressions; the checker takes one at a time. */
async function faults(expressions: readonly Expression[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const expression of expressions) {
    const wrong = await fault(expression)
    if (wrong !== null) found.push(wrong)
  }
  return found
}

/** The expressions that a file makes of texts when it is loaded. */
async function builtBy(path: string): Promise<Expression[]> {
  const built: Expression[] = []
  class Recorded extends RegExp {
    constructor(pattern: string | RegExp, flags?: string) {
      super(pattern, flags)
      built.push({ where: path, source: this.source, flags: this.flags })
    }
  }
  const name = path.replaceAll('/', '-').replace(/\.ts$/, '.mjs')
  const folder = fileURLToPath(new URL('../build/expressions', import.meta.url))
  await bundle({ [name]: `src/${path}` }, folder)
  vi.resetModules()
  vi.stubGlobal('RegExp', Recorded)
  try {
    await import(pathToFileURL(join(folder, name)).href)
  } finally {
    vi.unstubAllGlobals()
  }
  return built
}

describe('The regular expressions', () => {
  it('take no more than linear time, whatever the text', async () => {
    expect(await faults(written)).toEqual([])
  }, 600_000)

  it('are made of texts only when a file is loaded, where they can be looked at', () => {
    const wrong = sources.flatMap(({ path, builtExpressions }) =>
      builtExpressions.filter(({ isAtLoad }) => !isAtLoad).map(({ line }) => `${path}:${line}`),
    )
    expect(wrong).toEqual([])
  })

  it.each(building.map(({ path }) => path))(
    'that %s makes of texts take no more than linear time',
    async (path) => {
      const built = await builtBy(path)
      expect(built.length).toBeGreaterThan(0)
      expect(await faults(built)).toEqual([])
    },
    600_000,
  )
})

describe('The check of the regular expressions', () => {
  it.each([
    ['a run that begins anywhere', '/+$'],
    ['two runs that share characters', String.raw`^\w+\d+$`],
    ['a beginning that all the rest may follow', String.raw`/\*[^]*?\*/`],
    ['a bound that is none', String.raw`\beyJ[\w-]{8,16384}\.`],
    ['a run of runs', '^(a+)+$'],
  ])('finds %s', async (_, source) => {
    expect(await fault({ where: 'here', source, flags: '' })).toMatch(/^here: .* (polynomial|exponential|repeats)/)
  })
})
