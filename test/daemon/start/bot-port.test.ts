import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { reservePort } from '../../../src/bot/port-reservation.ts'
import { reserveBotPort } from '../../../src/daemon/start/bot-port.ts'
import { freePort } from '../../support/free-port.ts'

/** A port that is taken, as the one that a bot would get. */
async function takenPort(): Promise<number> {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return port
}

const configOf = (port: number, sources = {}) => ({ target: { host: 'localhost', port, path: '/' }, sources })

/** As `reserveBotPort`, with what is said; the port is kept until the end of the test. */
async function reserve(port: number, command: readonly string[] | null = ['node', 'bot.js'], sources = {}) {
  const said: string[] = []
  const given = configOf(port, sources)
  const { config, release } = await reserveBotPort(given, command, (kind, message) => said.push(`${kind}: ${message}`))
  onTestFinished(release)
  return { given, config, release, said }
}

describe('The port of a bot that is started', () => {
  it('is the next that is free where another program listens on the usual one, and that is said', async () => {
    const port = await takenPort()
    const { config, said } = await reserve(port)
    expect(config.target.port).toBeGreaterThan(port)
    expect(said).toHaveLength(1)
    // Who that is, is known where the system tells.
    const where = `listens on localhost:${port}, so the bot gets port ${config.target.port}`
    expect(said[0]).toMatch(new RegExp(`^botPortTaken: another program(?:, .+ \\(pid ${process.pid}\\),)? ${where}$`))
  })

  it('is the next that is free where another dev-hook keeps the usual one, until that lets go of it', async () => {
    const port = await freePort()
    const first = await reserve(port)
    const second = await reserve(port)
    expect(second.config.target.port).toBeGreaterThan(port)
    // It may as well be something else that has this port over UDP; who that is, is known where the system tells.
    const has = `has localhost:${port} over UDP, as a dev-hook does for its bot`
    const so = `so the bot gets port ${second.config.target.port}`
    expect(second.said).toEqual([
      expect.stringMatching(
        new RegExp(`^botPortTaken: another program(?:, .+ \\(pid ${process.pid}\\),)? ${has}, ${so}$`),
      ),
    ])
    first.release()
    first.release()
    expect((await reserve(port)).config.target.port).toBe(port)
  })

  it.each([
    ['it was named', ['node', 'bot.js'], { port: 'PORT in .env' }],
    ['the address of the bot was named', ['node', 'bot.js'], { forwardTo: '--forward-to' }],
    ['somebody else starts the bot', null, {}],
  ])('stays what it is where %s', async (_, command, sources) => {
    const { given, config, said } = await reserve(await takenPort(), command, sources)
    expect(config).toBe(given)
    expect(said).toEqual([])
  })

  it('is kept from others where it was named, too', async () => {
    const port = await freePort()
    await reserve(port, ['node', 'bot.js'], { port: '--port' })
    expect(await reservePort(port)).toBeNull()
  })

  it('is the usual one where that is free', async () => {
    const { given, config, said } = await reserve(await freePort())
    expect(config).toBe(given)
    expect(said).toEqual([])
  })
})
