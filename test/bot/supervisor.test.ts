// What keeping a bot running promises, with real processes and ports.

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { adoptDetached } from '../../src/bot/detached.ts'
import { portReadiness, portStateOf } from '../../src/bot/port-readiness.ts'
import type { Command } from '../../src/bot/process.ts'
import { endStrays } from '../../src/bot/strays.ts'
import { type SupervisorOptions, startSupervisor } from '../../src/bot/supervisor.ts'
import { MONOTONIC, sleep } from '../../src/core/async.ts'
import { commandOf, environmentOf, PROGRAMS } from '../support/bot/programs.ts'
import { recordPrints, recordStates } from '../support/bot/record.ts'
import { freePort } from '../support/free-port.ts'
import { isAlive } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

const NEVER = new AbortController().signal

async function supervise(
  command: Command,
  {
    env = {},
    port,
    ...more
  }: Partial<Omit<SupervisorOptions, 'env'>> & { env?: Readonly<Record<string, string>> } = {},
) {
  const on = port ?? (await freePort())
  const prints = recordPrints()
  const warnings: string[] = []
  const pauses: string[] = []
  const bot = startSupervisor({
    command,
    cwd: PROGRAMS,
    env: () => environmentOf(on, env),
    savesSettled: async () => {},
    host: '127.0.0.1',
    port: on,
    readiness: portReadiness({ host: '127.0.0.1', port: on }),
    output: prints.output,
    pause: async (reason) => void pauses.push(reason),
    warn: (kind, message) => warnings.push(`${kind}: ${message}`),
    lateMs: 60_000,
    ...more,
  })
  onTestFinished(() => bot.stop())
  const isOpen = async (): Promise<boolean> => (await portStateOf({ host: '127.0.0.1', port: on }, NEVER)) === 'open'
  const ask = (path: string): Promise<string> =>
    fetch(`http://127.0.0.1:${on}${path}`).then(
      (response) => response.text(),
      () => '',
    )
  return { bot, port: on, prints, warnings, pauses, isOpen, ask, states: recordStates(bot) }
}

describe('Keeping a bot running', () => {
  it('a bot is starting until its port accepts, and stopped leaves nothing behind', async () => {
    const { bot, prints, states, isOpen } = await supervise(commandOf('listens'), { env: { LISTEN_AFTER_MS: '150' } })
    const ready = await states.until('ready')
    expect(ready.pid).toBe(prints.pids()[0])
    expect(ready).toHaveProperty('ms', expect.any(Number))
    expect(await isOpen()).toBe(true)
    await bot.stop()
    await bot.stop()
    expect(states.names()).toEqual(['starting', 'ready', 'stopping', 'stopped'])
    expect(bot.current()).toEqual({ state: 'stopped', pid: ready.pid, code: 0 })
    expect(prints.living()).toEqual([])
    expect(await isOpen()).toBe(false)
  })

  it('a restart holds first, then ends, then starts, and the new bot never meets a busy port', async () => {
    const order: string[] = []
    const { bot, prints, states } = await supervise(commandOf('listens'), {
      env: { LEAVE_AFTER_MS: '150' },
      pause: async (reason) => {
        const [pid = 0] = prints.pids()
        order.push(`${reason}, ${isAlive(pid) ? 'alive' : 'dead'}`)
      },
    })
    await states.until('ready')
    bot.restart('bot.js changed')
    await states.until('ready', 2)
    expect(order).toEqual(['bot.js changed, alive'])
    expect(states.names()).toEqual(['starting', 'ready', 'stopping', 'starting', 'ready'])
    expect(prints.pids()).toHaveLength(2)
    expect(prints.living()).toEqual([prints.pids()[1]])
    expect(prints.lines).not.toContain('EADDRINUSE')
  })

  it('a storm of 20 saves ends with exactly one bot', async () => {
    const { bot, prints, states, ask } = await supervise(commandOf('listens'), { env: { LEAVE_AFTER_MS: '30' } })
    await states.until('ready')
    for (let save = 1; save <= 20; save++) {
      const starts = states.names().filter((name) => name === 'starting').length
      bot.restart(`save ${save}`)
      // Some at once, some while it leaves, some just after it was started.
      if (save % 3 === 0) await sleep(save * 3)
      if (save % 5 === 0) await states.until('starting', starts + 1)
    }
    bot.restart('the last one')
    await sleep(0)
    expect(bot.current().state).not.toBe('ready')
    await eventually(async () => bot.current().state === 'ready' && (await ask('/')) === String(bot.current().pid))
    const pids = new Set(states.all.map(({ pid }) => pid ?? 0))
    expect(pids.size).toBeGreaterThanOrEqual(5)
    expect([...pids].filter(isAlive)).toEqual([bot.current().pid])
    expect(prints.lines).not.toContain('EADDRINUSE')
  })

  it('a restart ends the bot at once, and starts it when what is being saved has come to rest', async () => {
    let rested = (): void => {}
    let resting = Promise.resolve()
    const { bot, prints, states } = await supervise(commandOf('listens'), { savesSettled: () => resting })
    await states.until('ready')
    resting = new Promise((resolve) => {
      rested = resolve
    })
    bot.restart('saved')
    await eventually(() => prints.living().length === 0)
    expect(prints.pids()).toHaveLength(1)
    rested()
    await states.until('ready', 2)
  })

  it('a stop while something is being saved starts nothing', async () => {
    const { bot, prints, states } = await supervise(commandOf('listens'), {
      savesSettled: () => (prints.pids().length === 0 ? Promise.resolve() : new Promise(() => {})),
    })
    await states.until('ready')
    bot.restart('saved')
    await eventually(() => prints.living().length === 0)
    await bot.stop()
    expect(prints.pids()).toHaveLength(1)
  })

  it('each start has the environment of its time', async () => {
    const secrets = ['first', 'second']
    const { bot, prints, states } = await supervise([process.execPath, '-e', 'console.log(process.env.SECRET)'], {
      env: {
        get SECRET() {
          return secrets.shift() ?? ''
        },
      },
    })
    await states.until('stopped')
    bot.restart('saved')
    await states.until('stopped', 2)
    expect(prints.lines).toEqual(['first', 'second'])
  })

  it('a pause that fails or takes long keeps nobody from ending the bot', async () => {
    const { bot, prints, states } = await supervise(commandOf('listens'), {
      pause: (reason) => (reason === 'fails' ? Promise.reject(new Error('no')) : new Promise(() => {})),
    })
    await states.until('ready')
    bot.restart('fails')
    await states.until('ready', 2)
    bot.restart('takes for ever')
    await states.until('stopping', 2)
    await bot.stop()
    expect(prints.living()).toEqual([])
  })

  it('a crash is told with its code and last lines, and the bot comes back by itself', async () => {
    const { prints, states, ask } = await supervise(commandOf('listens'))
    const { pid } = await states.until('ready')
    await ask('/crash')
    const lines = expect.arrayContaining(['it went wrong'])
    expect(await states.until('crashed')).toMatchObject({ pid, code: 1, ms: expect.any(Number), lines })
    await states.until('ready', 2)
    expect(prints.living()).toHaveLength(1)
  })

  it('a bot that crashes at its start is tried again, and at once after a save', async () => {
    const { bot, prints, states } = await supervise(commandOf('crashes'))
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 6}`)
    expect(await states.until('crashed', 3)).toMatchObject({ code: 3, lines })
    bot.restart('saved')
    await states.until('crashed', 4)
    await bot.stop()
    expect(bot.current()).toMatchObject({ state: 'stopped', code: 3 })
    expect(prints.living()).toEqual([])
  })

  it('a bot that leaves with 0 is started again by a save alone', async () => {
    const { bot, prints, states, ask } = await supervise(commandOf('listens'))
    const { pid } = await states.until('ready')
    await ask('/leave')
    expect(await states.until('stopped')).toEqual({ state: 'stopped', pid, code: 0 })
    expect(prints.pids()).toHaveLength(1)
    bot.restart('saved')
    await states.until('ready', 2)
    expect(prints.pids()).toHaveLength(2)
  })

  it('a program that cannot be started is a crash with its reason', async () => {
    const { states } = await supervise(['no-such-program-here'])
    expect(await states.until('crashed')).toMatchObject({ pid: null, code: 'ENOENT' })
  })

  it('a whole family is ended on a restart, and what a crashed leader leaves behind too', async () => {
    const { bot, prints, states } = await supervise(commandOf('family'), { killAfterMs: 300 })
    await states.until('ready')
    bot.restart('saved')
    await states.until('ready', 2)
    expect(prints.living()).toEqual(prints.pids().slice(3))
    process.kill(prints.pids()[3] ?? 0, 'SIGKILL')
    expect(await states.until('crashed')).toMatchObject({ code: 'SIGKILL' })
    await states.until('ready', 3)
    await eventually(() => prints.pids().length === 9)
    expect(prints.living()).toEqual(prints.pids().slice(6))
    await bot.stop()
    expect(prints.living()).toEqual([])
  })

  it.each([0, 5, 20, 60, 120])('a stop %i ms after the start or a restart leaves nothing behind', async (ms) => {
    const early = await supervise(commandOf('listens'))
    await sleep(ms)
    await early.bot.stop()
    expect(early.prints.living()).toEqual([])

    const { bot, prints, states, isOpen } = await supervise(commandOf('listens'), { env: { LEAVE_AFTER_MS: '20' } })
    await states.until('ready')
    bot.restart('saved')
    await sleep(ms)
    await bot.stop()
    expect(prints.living()).toEqual([])
    expect(await isOpen()).toBe(false)
    expect(bot.current().state).toBe('stopped')
  })

  it('a bot that ignores the request to leave is killed on stop', async () => {
    const { bot, prints, states } = await supervise(commandOf('stubborn'), { killAfterMs: 200 })
    await states.until('ready')
    await bot.stop()
    expect(prints.living()).toEqual([])
    expect(bot.current()).toMatchObject({ state: 'stopped', code: 'SIGKILL' })
  })

  it('a refused forward has the bot checked again', async () => {
    const { bot, states } = await supervise(commandOf('listens'))
    await states.until('ready')
    bot.refused()
    await states.until('ready', 2)
    expect(states.names()).toEqual(['starting', 'ready', 'starting', 'ready'])
  })

  it('a bot that never listens is said once, and kept', async () => {
    const { bot, prints, warnings, port } = await supervise(commandOf('never-listens'), { lateMs: 300 })
    await eventually(() => warnings.length > 0 && prints.living().length > 0)
    expect(warnings).toEqual([`botNotListening: the bot does not listen on 127.0.0.1:${port} yet; deliveries are held`])
    expect(bot.current().state).toBe('starting')
    expect(prints.living()).toHaveLength(1)
  })

  it('a bot that listens on another port is told which one it printed', async () => {
    const printed = (): string | undefined => /localhost:\D*\[1m(\d+)/.exec(prints.lines.join('\n'))?.[1]
    const { prints, warnings } = await supervise(commandOf('other-port'), {
      // It is late as soon as it has printed it.
      lateMs: 30_000,
      clock: {
        ...MONOTONIC,
        sleep: (ms, signal) => (ms === 30_000 ? eventually(() => printed() !== undefined) : sleep(ms, signal)),
      },
    })
    await eventually(() => warnings.length > 0)
    expect(warnings[0]).toContain(`(it printed port ${printed()})`)
  })

  it('a program that keeps the port is said, and never taken for the bot, which is started when that has gone', async () => {
    const port = await freePort()
    const other = createServer().listen(port)
    const { bot, prints, states, warnings } = await supervise(commandOf('listens'), { port, portFreeMs: 100 })
    await eventually(() => warnings.length > 0)
    expect(warnings).toHaveLength(1)
    // Who that is, is known where the system tells.
    const where = `listens on 127.0.0.1:${port}; the bot is started once that port is free`
    expect(warnings[0]).toMatch(
      new RegExp(`^botPortTaken: another program(?:, .+ \\(pid ${process.pid}\\),)? ${where}$`),
    )
    expect([bot.current().state, prints.pids()]).toEqual(['starting', []])
    other.close()
    await states.until('ready')
    expect(prints.lines).not.toContain('EADDRINUSE')
  })

  it('a program on another address of the machine keeps nobody from starting the bot', async () => {
    const port = await freePort()
    const other = createServer().listen(port, '::1')
    onTestFinished(() => void other.close())
    const env = { HOST: '127.0.0.1' }
    const { states, warnings } = await supervise(commandOf('listens'), { port, portFreeMs: 100, env })
    await states.until('ready')
    expect(warnings).toHaveLength(1)
  })

  it('a stop ends the wait for a port that another program keeps', async () => {
    const port = await freePort()
    const other = createServer().listen(port)
    onTestFinished(() => void other.close())
    const { bot, prints, warnings } = await supervise(commandOf('listens'), { port, portFreeMs: 100 })
    await eventually(() => warnings.length > 0)
    await bot.stop()
    expect(prints.pids()).toEqual([])
  })

  it('a bot whose port is given back late is started after that', async () => {
    const port = await freePort()
    // It goes once it has been found there.
    const other = createServer((socket) => void other.close(() => socket.destroy())).listen(port)
    const { prints, states, warnings } = await supervise(commandOf('listens'), { port, portFreeMs: 20_000 })
    await states.until('ready')
    expect(prints.lines).not.toContain('EADDRINUSE')
    expect(warnings).toEqual([])
  })

  it('a listener that throws, restarts or stops from within does no harm', async () => {
    const { bot, prints, states } = await supervise(commandOf('listens'))
    let restarted = false
    bot.on(({ state }) => {
      if (state !== 'ready') return
      if (restarted) return void bot.stop()
      restarted = true
      bot.restart('from within')
    })
    await states.until('stopped')
    expect(prints.pids()).toHaveLength(2)
    expect(prints.living()).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('A process that left the group of the bot and keeps its port', () => {
  const variable = 'DEV_HOOK_RUN'

  async function superviseDetached(env: Readonly<Record<string, string>>) {
    const runId = `run-${randomUUID()}`
    const port = await freePort()
    return supervise(commandOf('detaches'), {
      port,
      env: { AWAY: 'listens.js', [variable]: runId, ...env },
      endStrays: (group) => endStrays({ runId, port, env: {} }, group),
      adopt: (command, signal) => adoptDetached({ runId, port, env: {} }, command, signal, MONOTONIC),
    })
  }

  it.each([
    ['the command stays', {}],
    ['the command has left', { LEADER: 'exits' }],
    ['the command has left, and it ignores the request to leave', { LEADER: 'exits', AWAY: 'stubborn.js' }],
    ['something starts it again', { DAEMON: '1' }],
  ])('is ended at a restart, and at the end: %s', async (_, env) => {
    const { bot, prints, states, warnings, isOpen } = await superviseDetached(env)
    const started = (times: number): Promise<void> => eventually(() => prints.pids().length === 3 * times)
    await states.until('ready')
    await started(1)
    await eventually(isOpen)
    bot.restart('saved')
    await states.until('ready', 2)
    await started(2)
    await eventually(isOpen)
    await bot.stop()
    // A process that was killed is a zombie at once; its port is given back when the last of its threads has gone.
    await eventually(async () => !(await isOpen()))
    // What listens nowhere is not in the way: it may be a browser.
    expect(prints.living()).toHaveLength(2)
    expect(warnings).toEqual([])
  })

  it('is not ended when it is not of this run', async () => {
    const other = await superviseDetached({ [variable]: 'another run' })
    await other.states.until('ready')
    await other.bot.stop()
    expect(await other.isOpen()).toBe(true)
    expect(other.prints.living()).toHaveLength(2)
  })
})
