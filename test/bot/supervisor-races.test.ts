// What keeping a bot running promises whatever happens, and in whatever order: random lives in a virtual world.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SupervisorOptions, startSupervisor } from '../../src/bot/supervisor.ts'
import type { BotState } from '../../src/core/ports.ts'
import { createSimulation, type Manners, type Simulation } from '../support/bot/supervisor-simulation.ts'

type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'behave'; readonly manners: Manners }
  | { readonly do: 'restart' | 'restart unsurely' | 'refuse' | 'stop' }

const manners: fc.Arbitrary<Manners> = fc.record({
  listensAfter: fc.option(fc.constantFrom(0, 30, 400, 3_000), { freq: 5 }),
  leavesAfter: fc.constantFrom(0, 10, 300, 5_000),
  lingers: fc.constantFrom(0, 0, 60, 1_000),
})

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(0, 1, 10, 50, 300, 2_000, 12_000).map((ms) => ({ do: 'pass' as const, ms })),
  },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 1, 7).map((code) => ({ do: 'exit' as const, code })) },
  { weight: 2, arbitrary: manners.map((given) => ({ do: 'behave' as const, manners: given })) },
  { weight: 4, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'restart unsurely' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'refuse' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
)

/** Which states may follow which. The first one is `starting`, and is announced with the process id once there is one. */
const NEXT: Readonly<Record<BotState['state'], readonly BotState['state'][]>> = {
  starting: ['ready', 'stopping', 'crashed', 'stopped'],
  ready: ['starting', 'stopping', 'crashed', 'stopped'],
  stopping: ['starting', 'stopped'],
  crashed: ['starting', 'stopped'],
  stopped: ['starting'],
}

function supervise(
  world: Simulation,
  pauseMs: number,
  stopped: () => boolean = () => false,
  more: Partial<SupervisorOptions> = {},
) {
  const states: BotState[] = []
  const faults: string[] = world.faults
  const bot = startSupervisor({
    command: ['bot'],
    cwd: '.',
    env: () => ({}),
    savesSettled: async () => {},
    host: '127.0.0.1',
    port: 1,
    output: () => {},
    warn: () => {},
    pause: async () => {
      if (stopped()) faults.push('a pause after the stop')
      await world.clock.sleep(pauseMs)
    },
    readiness: world.readiness,
    startProcess: world.startProcess,
    clock: world.clock,
    ...more,
  })
  bot.on((state) => {
    const before = states.at(-1)
    if (before && !NEXT[before.state].includes(state.state)) faults.push(`${state.state} after ${before.state}`)
    if (state.state === 'ready' && state.pid !== world.processes.at(-1)?.pid) faults.push('ready is not the bot')
    if (state.state === 'stopping' && state.pid !== world.processes.at(-1)?.pid) faults.push('stopping another one')
    states.push(state)
  })
  return { bot, states }
}

describe('Keeping a bot running, in whatever order things happen', () => {
  it('there is never a second bot, no save is forgotten, and stop leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom(0, 20, 2_000), async (steps, pauseMs) => {
        const world = createSimulation()
        let stopping: Promise<void> | undefined
        const { bot, states } = supervise(world, pauseMs, () => stopping !== undefined)
        const latest = () => world.processes.at(-1)
        let startedAtStop: number | undefined
        /** How many had been started when the last restart was asked for. */
        let startedAtRestart = -1

        for (const one of steps) {
          if (one.do === 'pass') await world.advance(one.ms)
          if (one.do === 'exit') latest()?.leave(one.code)
          if (one.do === 'behave') world.behave(one.manners)
          if (one.do === 'refuse') bot.refused()
          if (one.do === 'stop') {
            startedAtStop ??= world.processes.length
            stopping ??= bot.stop()
          }
          if (one.do !== 'restart' && one.do !== 'restart unsurely') continue
          bot.restart('saved', ...(one.do === 'restart' ? [] : (['unsure'] as const)))
          startedAtRestart = world.processes.length
        }

        if (stopping === undefined) {
          world.behave({ listensAfter: 0, leavesAfter: 0, lingers: 0 })
          await world.advance(60_000)
          const { state } = bot.current()
          expect(world.processes.length).toBeGreaterThan(startedAtRestart)
          expect(latest()?.isAlive()).toBe(state === 'starting' || state === 'ready')
          expect(['starting', 'ready', 'stopped']).toContain(state)
          stopping = bot.stop()
        }
        await world.advance(20_000)
        await stopping
        const told = states.length
        await world.advance(20_000)
        bot.refused()
        bot.restart('too late')
        await world.advance(20_000)

        expect(world.faults).toEqual([])
        if (startedAtStop !== undefined) expect(world.processes).toHaveLength(startedAtStop)
        expect(world.processes.filter((process) => process.isAlive())).toEqual([])
        expect(bot.current().state).toBe('stopped')
        expect(states).toHaveLength(told)
      }),
      { numRuns: 300 },
    )
  })

  it('a bot that crashes before it has ever listened waits for a save, and after that no more', async () => {
    const world = createSimulation()
    const { bot, states } = supervise(world, 0, () => false, { waitsForSave: true })
    await world.advance(0)
    world.processes.at(-1)?.leave(1)
    await world.advance(60_000)
    expect(world.processes).toHaveLength(1)
    expect(states.at(-1)).toMatchObject({ state: 'crashed', waits: 'save' })
    // What may be its own doing is no reason to hurry.
    bot.restart('wrote', 'unsure')
    await world.advance(200)
    expect(world.processes).toHaveLength(1)
    await world.advance(100)
    expect(world.processes).toHaveLength(2)
    world.processes.at(-1)?.leave(1)
    await world.advance(10)
    bot.restart('saved')
    await world.advance(0)
    expect(world.processes).toHaveLength(3)
    await world.advance(200)
    expect(states.at(-1)).toMatchObject({ state: 'ready' })
    world.processes.at(-1)?.leave(1)
    await world.advance(0)
    expect(states.at(-1)).toMatchObject({ state: 'crashed' })
    expect(states.at(-1)).not.toHaveProperty('waits')
    await world.advance(300)
    expect(world.processes).toHaveLength(4)
    const stopped = bot.stop()
    await world.advance(1_000)
    await stopped
  })

  it('crashes back off from 0.25 s to 5 s, a save starts at once, and a steady run forgets them', async () => {
    const world = createSimulation()
    const { bot } = supervise(world, 0)
    const crashed = async (): Promise<number> => {
      const started = world.processes.length
      world.processes.at(-1)?.leave(1)
      for (let ms = 0; ; ms += 10) {
        await world.advance(10)
        if (world.processes.length > started) return ms
      }
    }
    await world.advance(0)
    const waits: number[] = []
    for (let i = 0; i < 7; i++) waits.push(await crashed())
    expect(waits.map((ms) => Math.round(ms / 50) * 50)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])

    world.processes.at(-1)?.leave(1)
    await world.advance(100)
    bot.restart('saved')
    await world.advance(0)
    expect(world.processes).toHaveLength(9)
    expect(Math.round((await crashed()) / 50) * 50).toBe(250)
    expect(Math.round((await crashed()) / 50) * 50).toBe(500)

    bot.restart('saved while it ran')
    await world.advance(500)
    expect(Math.round((await crashed()) / 50) * 50).toBe(250)
    expect(Math.round((await crashed()) / 50) * 50).toBe(500)

    await world.advance(10_000)
    expect(Math.round((await crashed()) / 50) * 50).toBe(250)
    const stopped = bot.stop()
    await world.advance(1_000)
    await stopped
  })

  it('what a bot that crashes writes itself neither cuts the back-off short nor makes it forget the crashes', async () => {
    const world = createSimulation()
    const { bot, states } = supervise(world, 0)
    const crashed = async (writesAfterMs: number): Promise<number> => {
      const started = world.processes.length
      if (writesAfterMs <= 0) bot.restart('report.json', 'unsure')
      await world.advance(-Math.min(0, writesAfterMs))
      world.processes.at(-1)?.leave(1)
      for (let ms = 0; ; ms += 10) {
        if (ms === writesAfterMs && ms > 0) bot.restart('report.json', 'unsure')
        await world.advance(10)
        if (world.processes.length > started) return ms
      }
    }
    await world.advance(0)
    const waits: number[] = []
    for (const after of [-50, 0, 30, 100, -90]) waits.push(await crashed(after))
    expect(waits.map((ms) => Math.round(ms / 50) * 50)).toEqual([250, 500, 1_000, 2_000, 4_000])
    expect(states.filter(({ state }) => state === 'crashed')).toHaveLength(5)

    // One that does not crash is restarted for it, a moment later.
    bot.restart('data.json', 'unsure')
    await world.advance(200)
    expect(states.at(-1)).toMatchObject({ state: 'starting', pid: 7 })

    // A save on top of it is a save.
    world.processes.at(-1)?.leave(1)
    await world.advance(100)
    bot.restart('report.json', 'unsure')
    bot.restart('bot.js')
    bot.restart('report.json', 'unsure')
    await world.advance(0)
    expect(world.processes).toHaveLength(8)
    expect(Math.round((await crashed(-50)) / 50) * 50).toBe(250)
    const stopped = bot.stop()
    await world.advance(1_000)
    await stopped
  })

  it('a restart ends nothing before its pause is over, and starts nothing before what is being saved is', async () => {
    const world = createSimulation()
    const [pause, saves] = [gate(), gate()]
    const more = {
      pause: pause.wait,
      savesSettled: () => (world.processes.length === 0 ? Promise.resolve() : saves.wait()),
    }
    const { bot } = supervise(world, 0, () => false, more)
    const living = (): number[] => world.processes.flatMap(({ pid, isAlive }) => (isAlive() ? [pid] : []))
    await world.advance(1_000)
    bot.restart('saved')
    await world.advance(1_000)
    expect(living()).toEqual([1])
    pause.open()
    await world.advance(3_600_000)
    expect([living(), world.processes]).toEqual([[], [expect.anything()]])
    saves.open()
    await world.advance(1_000)
    expect(living()).toEqual([2])
  })

  it('what is saved while the environment of a start is read is in that of the next one', async () => {
    const world = createSimulation()
    const reading = gate()
    let saved = 'before'
    const read: string[] = []
    const env = async () => {
      read.push(saved)
      await reading.wait()
      return {}
    }
    const { bot } = supervise(world, 0, () => false, { env })
    await world.advance(100)
    saved = 'after'
    bot.restart('saved .env')
    reading.open()
    await world.advance(10_000)
    expect(read).toEqual(['before', 'after'])
    expect(world.processes.map(({ isAlive }) => isAlive())).toEqual([false, true])
  })

  it('a bot that leaves with 0 is not started by time alone', async () => {
    const world = createSimulation()
    const { bot } = supervise(world, 0)
    await world.advance(1_000)
    world.processes[0]?.leave(0)
    await world.advance(3_600_000)
    expect([bot.current().state, world.processes]).toEqual(['stopped', [expect.anything()]])
  })

  it('a bot that never listens is announced once, however long it takes', async () => {
    const world = createSimulation()
    world.behave({ listensAfter: null, leavesAfter: 0, lingers: 0 })
    const warnings: string[] = []
    const { bot } = supervise(world, 0, () => false, { warn: (kind) => warnings.push(kind), lateMs: 10_000 })
    await world.advance(9_999)
    expect(warnings).toEqual([])
    await world.advance(3_600_000)
    expect([warnings, bot.current().state]).toEqual([['botNotListening'], 'starting'])
  })
})

/** Something that keeps others waiting until it is opened. */
function gate(): { readonly wait: () => Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { wait: () => opened, open }
}
