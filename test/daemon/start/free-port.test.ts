import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withFreePort } from '../../../src/daemon/start/free-port.ts'
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

describe('The port of a bot that is started', () => {
  it('is the next that is free where another program listens on the usual one, and that is said', async () => {
    const port = await takenPort()
    const said: string[] = []
    const { target } = await withFreePort(configOf(port), ['node', 'bot.js'], (kind, message) =>
      said.push(`${kind}: ${message}`),
    )
    expect(target.port).toBeGreaterThan(port)
    expect(said).toEqual([
      `botPortTaken: another program listens on localhost:${port}, so the bot gets port ${target.port}`,
    ])
  })

  it.each([
    ['it was named', ['node', 'bot.js'], { port: 'PORT in .env' }],
    ['the address of the bot was named', ['node', 'bot.js'], { forwardTo: '--forward-to' }],
    ['somebody else starts the bot', null, {}],
  ])('stays what it is where %s', async (_, command, sources) => {
    const config = configOf(await takenPort(), sources)
    expect(await withFreePort(config, command, () => expect.unreachable('nothing is to be said'))).toBe(config)
  })

  it('is the usual one where that is free', async () => {
    const config = configOf(await freePort())
    expect(await withFreePort(config, ['node', 'bot.js'], () => expect.unreachable('nothing is to be said'))).toBe(
      config,
    )
  })
})
