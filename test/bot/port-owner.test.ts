// Whose the bot's port is, with real processes and sockets; only Linux tells.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { RUN_VARIABLE } from '../../src/bot/find-by-env.ts'
import { listenerOn, ofBotAlone, ownerOfPort, portsOf } from '../../src/bot/port-owner.ts'
import { portReadiness, portStateOf } from '../../src/bot/port-readiness.ts'
import { startSupervisor } from '../../src/bot/supervisor.ts'
import { MONOTONIC } from '../../src/core/async.ts'
import { commandOf, environmentOf, PROGRAMS } from '../support/bot/programs.ts'
import { recordPrints, recordStates } from '../support/bot/record.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/wait.ts'

const NEVER = new AbortController().signal
const isOpen = async (port: number): Promise<boolean> =>
  (await portStateOf({ host: 'localhost', port }, NEVER)) === 'open'

interface Started {
  readonly child: ChildProcess
  readonly port: number
  readonly runId: string
}

/** A command as the supervisor starts one, once its port is open. */
async function listening(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const port = await freePort()
  const runId = randomUUID()
  const child = spawn(process.execPath, args, {
    cwd: PROGRAMS,
    env: environmentOf(port, { [RUN_VARIABLE]: runId, ...env }),
    detached: true,
    stdio: 'ignore',
  })
  onTestFinished(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  })
  await eventually(() => isOpen(port))
  return { child, port, runId }
}

async function strangerForTest(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer().listen(port, host)
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return server
}

const ownerOf = ({ child, port, runId }: Started) => ownerOfPort(port, { pid: child.pid ?? null, runId })

describe.runIf(process.platform === 'linux')('The port of a bot', () => {
  it('is found wherever it listens, and nothing that somebody else listens on', async () => {
    await strangerForTest(await freePort())
    const bot = await listening(['listens.js'])
    expect(await portsOf({ pid: bot.child.pid ?? null, runId: bot.runId })).toEqual([bot.port])
    expect(await portsOf({ pid: null, runId: bot.runId })).toEqual([bot.port])
    expect(await portsOf({ pid: null, runId: randomUUID() })).toEqual([])
  })

  it('that is another than its own is said before it is late', async () => {
    const [port, warnings] = [await freePort(), [] as string[]]
    const readiness = portReadiness({ host: '127.0.0.1', port })
    const elsewhere = await freePort()
    const bot = startSupervisor({
      command: commandOf('listens'),
      cwd: PROGRAMS,
      env: () => environmentOf(elsewhere),
      host: '127.0.0.1',
      port,
      readiness,
      portsOf: (pid) => portsOf({ pid, runId: '' }),
      pause: async () => {},
      savesSettled: async () => {},
      output: () => {},
      warn: (kind, message) => void warnings.push(`${kind}: ${message}`),
      lateMs: 30_000,
      slowMs: 20_000,
      // Both are over once it listens.
      clock: {
        ...MONOTONIC,
        sleep: (ms, signal) => (ms === 20_000 ? eventually(() => isOpen(elsewhere)) : MONOTONIC.sleep(ms, signal)),
      },
    })
    onTestFinished(bot.stop)
    await eventually(() => warnings.length > 0)
    expect(warnings).toEqual([
      `botNotListening: the bot does not listen on 127.0.0.1:${port} yet (it listens on port ${elsewhere}); deliveries are held`,
    ])
  })

  it('is told with whoever has it: a program, or the bot that a run has left behind which was killed', async () => {
    const bot = await listening(['listens.js'])
    expect(await listenerOn(bot.port)).toBe(`a bot that another dev-hook has started, node (pid ${bot.child.pid}),`)
    const port = await freePort()
    await strangerForTest(port)
    expect(await listenerOn(port)).toMatch(new RegExp(`^another program, .+ \\(pid ${process.pid}\\),$`))
    expect(await listenerOn(await freePort())).toBe('another program')
  })

  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['the command itself', ['listens.js'], {}],
    ['the command on one address', ['listens.js'], { HOST: '::1' }],
    ['a grandchild', ['family.js'], {}],
    ['a cluster', ['cluster.js'], {}],
  ])('is the bot’s when %s listens', async (_, args, env) => {
    expect(await ownerOf(await listening(args, env))).toEqual({ is: 'bot' })
  })

  it('is the bot’s when a child listens that has left its group, by its mark', async () => {
    const { port, runId } = await listening(['listens.js'])
    expect(await ownerOfPort(port, { pid: process.ppid, runId })).toEqual({ is: 'bot' })
  })

  it('is a stranger’s when a program listens that the bot has not started', async () => {
    const { child } = await listening(['listens.js'])
    const stranger = await listening(['listens.js'])
    const pid = child.pid ?? null
    expect(await ownerOfPort(stranger.port, { pid, runId: 'another' })).toEqual({
      is: 'stranger',
      who: expect.stringContaining(`(pid ${stranger.child.pid})`),
    })
  })

  it('is a stranger’s on one loopback address, though the bot has the other', async () => {
    const started = await listening(['listens.js'], { HOST: '127.0.0.1' })
    expect(await ownerOf(started)).toEqual({ is: 'bot' })
    await strangerForTest(started.port, '::1')
    expect(await ownerOf(started)).toMatchObject({ is: 'stranger' })
  })

  it('counts as the bot’s where nobody is seen to listen, as with the published port of a container', async () => {
    expect(await ownerOfPort(await freePort(), { pid: process.ppid, runId: 'none' })).toEqual({ is: 'bot' })
  })
})

describe.runIf(process.platform === 'linux')('A stranger who takes the port before the bot listens', () => {
  it('is not taken for the bot, and said; the bot is ready once it has its port', async () => {
    const port = await freePort()
    const runId = randomUUID()
    const readiness = portReadiness({ host: '127.0.0.1', port })
    const prints = recordPrints()
    const strangers: string[] = []
    const bot = startSupervisor({
      command: commandOf('listens'),
      cwd: PROGRAMS,
      env: () => environmentOf(port, { LISTEN_AFTER_MS: '1500', [RUN_VARIABLE]: runId }),
      savesSettled: async () => {},
      waitsForSave: false,
      host: '127.0.0.1',
      port,
      readiness,
      readinessOf: (pid) =>
        ofBotAlone(readiness, {
          ownerOf: () => ownerOfPort(port, { pid, runId }),
          onStranger: (who) => void strangers.push(who),
        }),
      output: prints.output,
      pause: async () => {},
      warn: () => {},
    })
    onTestFinished(() => bot.stop())
    const states = recordStates(bot)
    await eventually(() => prints.pids().length > 0)
    const stranger = await strangerForTest(port)
    await eventually(() => strangers.length > 0)
    expect(strangers).toEqual([expect.stringContaining(`(pid ${process.pid})`)])
    expect(bot.current().state).toBe('starting')
    await new Promise((resolve) => stranger.close(resolve))
    const ready = await states.until('ready')
    expect(ready.pid).toBe(prints.pids()[0])
    expect(strangers).toHaveLength(1)
  })
})
