// What monitoring a bot that somebody else runs promises.

import { createServer, type Server } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { monitorExternalBot } from '../../src/bot/external-bot.ts'
import { portReadiness } from '../../src/bot/port-readiness.ts'
import { MONOTONIC } from '../../src/core/async.ts'
import { recordStates } from '../support/bot/record.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { freePort } from '../support/free-port.ts'
import { eventually } from '../support/wait.ts'

async function listen(port: number): Promise<{ server: Server; connections: () => number }> {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.on('error', () => {}).destroy()
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { server, connections: () => connections }
}

const close = (server: Server): Promise<unknown> => new Promise((resolve) => server.close(resolve))

function watch(port: number, { lateMs = 60_000, clock = MONOTONIC } = {}) {
  const warnings: string[] = []
  const bot = monitorExternalBot({
    host: '127.0.0.1',
    port,
    readiness: portReadiness({ host: '127.0.0.1', port }),
    lateMs,
    clock,
    warn: (kind, message) => warnings.push(`${kind}: ${message}`),
  })
  onTestFinished(() => bot.stop())
  return { bot, states: recordStates(bot), warnings }
}

describe('A bot that somebody else runs', () => {
  it('a bot is ready as soon as its port accepts, and again after it was away', async () => {
    const port = await freePort()
    const { bot, states } = watch(port)
    expect(bot.current()).toEqual({ state: 'starting', pid: null })
    const { server } = await listen(port)
    expect(await states.until('ready')).toMatchObject({ pid: null })
    await close(server)
    bot.refused()
    bot.refused()
    await states.until('starting')
    await listen(port)
    await states.until('ready', 2)
    expect(states.names()).toEqual(['ready', 'starting', 'ready'])
  })

  it('a bot that is ready is not polled', async () => {
    const port = await freePort()
    const { connections } = await listen(port)
    const clock = createFakeClock()
    const { states } = watch(port, { clock })
    await states.until('ready')
    await clock.pass(3_600_000)
    expect([connections(), clock.timers()]).toEqual([1, 0])
  })

  it('a restart does nothing, and nothing is said after the stop', async () => {
    const port = await freePort()
    await listen(port)
    const { bot, states } = watch(port)
    await states.until('ready')
    bot.restart('saved')
    await bot.stop()
    await bot.stop()
    bot.refused()
    expect(states.names()).toEqual(['ready', 'stopped'])
    expect(bot.current().state).toBe('stopped')
  })

  it('that nothing listens is said once', async () => {
    const port = await freePort()
    const { states, warnings } = watch(port, { lateMs: 20 })
    await eventually(() => warnings.length > 0)
    await listen(port)
    await states.until('ready')
    expect(warnings).toEqual([`botNotListening: nothing listens on 127.0.0.1:${port} yet; deliveries are held`])
  })
})
