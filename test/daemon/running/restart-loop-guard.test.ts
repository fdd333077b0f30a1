// What the guard against restarts that nobody saved promises: a bot that writes at its starts, and people who save.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLoopGuard } from '../../../src/daemon/running/restart-loop-guard.ts'
import type { Change } from '../../../src/watch/tree.ts'
import { createFakeClock } from '../../support/fake-clock.ts'

type Kind = Change['kind']

interface Write {
  /** After the start of the bot, in ms. */
  readonly at: number
  readonly path: string | ((start: number) => string)
  readonly kind?: Kind
}

interface BotManners {
  readonly readyAfter: number | null
  readonly writes?: readonly Write[]
  /** How long it takes from a restart to the next start, in ms. */
  readonly restartTakes?: number
}

/** A bot that is restarted whenever the guard says so, and what becomes of it. */
function guarded({ readyAfter, writes = [], restartTakes = 50 }: BotManners) {
  const clock = createFakeClock(0)
  const starts: number[] = []
  const restarts: string[] = []
  const loops: string[] = []
  let isRestarting = false
  const guard = createLoopGuard({
    clock,
    restart: (path) => restart(path),
    onLoop: (paths, loop) => loops.push(`${loop}: ${paths.join(' ')}`),
  })

  function start(): void {
    isRestarting = false
    const n = starts.push(clock.now())
    guard.started()
    const isSame = (): boolean => starts.length === n && !isRestarting
    if (readyAfter !== null) clock.after(readyAfter, () => isSame() && guard.ready())
    for (const { at, path, kind = 'changed' } of writes) {
      clock.after(at, () => isSame() && change(typeof path === 'string' ? path : path(n), kind))
    }
  }

  function restart(path: string): void {
    restarts.push(path)
    if (isRestarting) return
    isRestarting = true
    clock.after(restartTakes, start)
  }

  function change(path: string, kind: Kind = 'changed'): void {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    if (guard.judge({ path, kind, folder, at: clock.now() }) !== 'none') restart(path)
  }

  start()
  return { guard, clock, starts, restarts, loops, change, pass: clock.pass }
}

describe('What a bot writes at each start', () => {
  it.each([
    ['a file', { at: 80, path: '.env' }],
    ['files of new names', { at: 80, path: (n: number) => `sessions/${n}.json`, kind: 'added' as const }],
    ['a file some seconds later', { at: 4_000, path: '.env' }],
  ])('restarts it five times, and not once more: %s', async (_, write) => {
    const { restarts, loops, pass } = guarded({ readyAfter: 100, writes: [write] })
    await pass(600_000)
    expect(restarts).toHaveLength(5)
    expect(loops).toEqual([expect.stringMatching(/^ignored: (\.env|dist\/bot\.js|names like sessions\/6\.json)$/)])
  })

  it.each([
    ['before it is ready', 80, 7],
    ['when it begins to listen', 180, 9],
    ['some seconds later', 4_000, 24],
  ])('restarts it after ever longer waits when it is code, written %s', async (_, at, inAMinute) => {
    const { starts, restarts, loops, pass } = guarded({ readyAfter: 100, writes: [{ at, path: 'dist/bot.js' }] })
    await pass(inAMinute * at + 60_000)
    expect(restarts.length).toBeGreaterThanOrEqual(inAMinute)
    expect(restarts.length).toBeLessThanOrEqual(inAMinute + 1)
    await pass(3_600_000)
    expect(restarts.length).toBeLessThanOrEqual(inAMinute + 11)
    expect(loops).toEqual(['slowed: dist/bot.js'])
    expect(starts).toHaveLength(restarts.length + 1)
    const waits = starts.slice(1).map((start, n) => start - (starts[n] ?? 0))
    const grow = waits.every((wait, n) => wait >= (waits[n - 1] ?? 0) - 1)
    expect(grow, waits.join(' ')).toBe(true)
  })

  it('a long time after each of its starts is found to be its own when it is not code', async () => {
    const { restarts, loops, pass } = guarded({ readyAfter: 100, writes: [{ at: 30_000, path: 'cache.json' }] })
    await pass(3_600_000)
    expect(restarts).toHaveLength(5)
    expect(loops).toEqual(['ignored: cache.json'])
  })

  it('asks for one restart in a run, and a save of a person is served at once', async () => {
    const { restarts, change, pass } = guarded({ readyAfter: 100, writes: [{ at: 80, path: 'dist/bot.js' }] })
    await pass(120_000)
    const before = restarts.length
    change('src/a.js')
    expect(restarts.slice(before)).toEqual(['src/a.js'])
    await pass(1_500)
    change('dist/bot.js')
    expect(restarts.slice(before)).toEqual(['src/a.js', 'dist/bot.js'])
  })

  it('is announced together, when it is many files', async () => {
    const writes = Array.from({ length: 40 }, (_, i) => ({ at: 60 + i, path: `dist/${i}.js` }))
    const { restarts, loops, pass } = guarded({ readyAfter: 300, writes })
    await pass(600_000)
    expect(restarts.length).toBeLessThanOrEqual(12)
    expect(loops).toEqual([expect.stringMatching(/^slowed: dist\/0\.js .*dist\/39\.js$/)])
  })

  it('does not keep a bot from ever getting ready that is built first, and that is announced early', async () => {
    const { guard, starts, loops, pass } = guarded({
      readyAfter: 3_000,
      writes: [{ at: 2_500, path: 'src/version.ts' }],
    })
    await pass(12_000)
    expect(loops).toEqual(['slowed: src/version.ts'])
    await pass(20_000)
    expect(starts.length).toBeLessThan(8)
    const before = starts.length
    await pass(300_000)
    expect(starts.length).toBeLessThan(before + 6)
    expect(loops).toEqual(['slowed: src/version.ts'])
    expect(guard.isStarting()).toBe(false)
  })

  it('again and again while it runs, no longer restarts it', async () => {
    const writes = Array.from({ length: 400 }, (_, i) => ({ at: 2_000 * (i + 1), path: 'stats.json' }))
    const { restarts, loops, change, pass } = guarded({ readyAfter: 100, writes })
    await pass(600_000)
    expect(restarts).toHaveLength(3)
    expect(loops).toEqual(['endless: stats.json'])
    change('prompts.yaml')
    expect(restarts).toHaveLength(4)
  })

  it('leaves saves of other files to restart it at once, and of that one when it is saved later', async () => {
    const { restarts, change, pass } = guarded({ readyAfter: 100, writes: [{ at: 80, path: '.env' }] })
    await pass(60_000)
    const before = restarts.length
    change('bot.js')
    await pass(500)
    change('bot.js')
    await pass(500)
    change('src/a.js')
    await pass(20_000)
    change('.env')
    await pass(20_000)
    expect(restarts.slice(before)).toEqual(['bot.js', 'bot.js', 'src/a.js', '.env'])
  })

  it('while other files are saved is found all the same', async () => {
    const { restarts, loops, change, pass } = guarded({ readyAfter: 100, writes: [{ at: 80, path: 'log.json' }] })
    for (let n = 0; n < 20; n += 1) {
      await pass(3_000)
      change(`src/${n}.js`)
    }
    await pass(60_000)
    expect(loops).toEqual(['ignored: log.json'])
    expect(restarts.filter((path) => path === 'log.json').length).toBeLessThanOrEqual(5)
    expect(restarts.filter((path) => path.startsWith('src/'))).toHaveLength(20)
  })
})

describe('A person', () => {
  it.each([
    [0, 5],
    [50, 5],
    [900, 20],
  ])(
    'who saves code %i ms after the bot is ready, each time, is served at once, and never forgotten',
    async (ms, atOnce) => {
      const { guard, starts, restarts, loops, clock, change, pass } = guarded({ readyAfter: 60 })
      for (let n = 1; n <= atOnce; n += 1) {
        await pass(110 + ms)
        change('bot.js')
        expect(restarts).toHaveLength(n)
      }
      let saved = 0
      for (let n = 1; n <= 20; n += 1) {
        const before = starts.length
        while (starts.length === before) await pass(100)
        await pass(110 + ms)
        change('bot.js')
        saved = clock.now()
      }
      await pass(610_000)
      expect(starts.at(-1)).toBeGreaterThan(saved)
      expect(loops).toEqual(['slowed: bot.js'])
      expect(guard.isStarting()).toBe(false)
    },
  )

  it.each([2_000, 6_000, 12_500, 20_000])(
    'who saves code every %i ms of a bot that never gets ready is never forgotten',
    async (ms) => {
      const { starts, clock, change, pass } = guarded({ readyAfter: null })
      for (let n = 0; n < 40; n += 1) {
        await pass(ms + (n % 5) * 300)
        change('bot.js')
        const saved = clock.now()
        if (n % 10 !== 9) continue
        await pass(70_000)
        expect(starts.at(-1)).toBeGreaterThan(saved)
      }
    },
  )

  it.each([500, 1_200, 2_000, 5_000])('who saves code every %i ms is always served, the last time too', async (ms) => {
    const { starts, restarts, loops, clock, change, pass } = guarded({ readyAfter: 100 })
    let saved = 0
    for (let n = 0; n < 30; n += 1) {
      await pass(ms)
      change('bot.js')
      saved = clock.now()
    }
    await pass(60_000)
    if (ms >= 2_000) expect(restarts.length).toBeGreaterThanOrEqual(29)
    expect(starts.at(-1)).toBeGreaterThan(saved)
    expect(loops).toEqual([])
  })

  it('who saves code while the bot takes long to get ready is served, the last time too', async () => {
    const { starts, restarts, clock, change, pass } = guarded({ readyAfter: 3_000 })
    let saved = 0
    for (let n = 0; n < 30; n += 1) {
      await pass(2_000)
      change('bot.js')
      saved = clock.now()
    }
    await pass(60_000)
    expect(restarts.length).toBeGreaterThanOrEqual(15)
    expect(starts.at(-1)).toBeGreaterThan(saved)
  })

  it('who saves now and then is served at once, whatever it is, and whether the bot ever gets ready', async () => {
    for (const readyAfter of [100, null]) {
      const { restarts, loops, change, pass } = guarded({ readyAfter })
      for (let n = 1; n <= 15; n += 1) {
        await pass(11_000)
        change(n % 2 === 0 ? 'prompts.yaml' : 'bot.js')
        expect(restarts).toHaveLength(n)
      }
      expect(loops).toEqual([])
    }
  })

  it('who saves when the bot has crashed is certain, and what the crash wrote is not', async () => {
    const { guard, clock, pass } = guarded({ readyAfter: null })
    await pass(200)
    const report = { path: 'report.1.json', kind: 'added', folder: '' } as const
    expect(guard.judge({ ...report, at: clock.now() })).toBe('unsure')
    guard.exited()
    await pass(100)
    expect(guard.judge({ ...report, path: 'report.2.json', at: clock.now() })).toBe('unsure')
    await pass(300)
    expect(guard.judge({ path: 'bot.js', kind: 'changed', folder: '', at: clock.now() })).toBe('save')
  })
})

describe('A person who saves at any time', () => {
  const save = fc.record({
    pauseMs: fc.oneof(fc.integer({ min: 1, max: 15_000 }), fc.integer({ min: 1, max: 300 })),
    path: fc.constantFrom('bot.js', 'src/a.ts', 'prompts.yaml', '.env', 'new.json'),
  })
  const manners = fc.record({
    readyAfter: fc.option(fc.constantFrom(60, 400, 3_000), { freq: 5 }),
    restartTakes: fc.constantFrom(5, 50, 500),
  })

  it('has the last save running in the end, beside a bot that writes files of its own at each start', async () => {
    await fc.assert(
      fc.asyncProperty(
        manners,
        fc.array(save, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(null, 'gen.ts', 'data/own.json'),
        async (how, saves, own) => {
          const { starts, clock, change, pass } = guarded({
            ...how,
            writes: own === null ? [] : [{ at: 40, path: own }],
          })
          for (const { pauseMs, path } of saves) {
            await pass(pauseMs)
            change(path, path === 'new.json' ? 'added' : 'changed')
          }
          const saved = clock.now()
          await pass(700_000)
          expect(starts.at(-1)).toBeGreaterThan(saved)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('A change', () => {
  it('that was there when the bot was started was read by it', async () => {
    const { guard, clock, pass } = guarded({ readyAfter: 100 })
    const at = clock.now() - 1
    await pass(50)
    expect(guard.judge({ path: 'bot.js', kind: 'removed', folder: '', at })).toBe('none')
  })

  it('means nothing before the first start', () => {
    const clock = createFakeClock(0)
    const guard = createLoopGuard({ clock, restart: () => expect.unreachable(), onLoop: () => expect.unreachable() })
    expect(guard.judge({ path: 'bot.js', kind: 'changed', folder: '', at: 0 })).toBe('none')
    expect(guard.isStarting()).toBe(false)
  })
})

it('A guard that is stopped does nothing any more', async () => {
  const { guard, restarts, change, pass, clock } = guarded({ readyAfter: 100, writes: [{ at: 80, path: '.env' }] })
  await pass(1_000)
  change('.env')
  guard.stop()
  const before = restarts.length
  await pass(60_000)
  expect(restarts).toHaveLength(before)
  expect(clock.timers()).toBe(0)
})
