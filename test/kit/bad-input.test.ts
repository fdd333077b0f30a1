// What the kit refuses, with a code and a remedy, and leaves nothing running.
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../src/kit/index.ts'
import type { SandboxOptions } from '../../src/kit/types/types.ts'
import { talkingBot } from '../support/bot/listener.ts'
import { freePort } from '../support/free-port.ts'
import { kitForTest } from '../support/kit-sandbox.ts'

const program = (path: string): string => fileURLToPath(new URL(`../support/bot/${path}`, import.meta.url))

const wrong = (options: unknown): SandboxOptions => Object.assign({}, options)

describe('Options of a sandbox', () => {
  it.each([
    ['a bot twice', { forwardTo: 3000, command: ['node', 'bot.js'] }, 'contradict each other'],
    ['an environment without a command', { env: {} }, '`env` means nothing without `command`'],
    ['no such option', { forwardto: 3000 }, 'unknown option `forwardto`\nTo do: use forwardTo, '],
    ['a command without a program', { command: [] }, '`command` does not name a program'],
    ['a path without a slash', { path: 'hook' }, 'path "hook" is not a path'],
    ['an empty secret', { secret: '' }, '`secret` is empty'],
    ['a pattern that is none', { events: ['message create'] }, '"message create" in `events`'],
    ['a scope that is none', { scope: 'root' }, 'scope "root" is not one of agent, bot, admin'],
    ['an arrival that is none', { arrival: 'late' }, 'arrival "late"'],
    ['a rate that is none', { rateLimit: 0 }, 'rateLimit 0'],
    ['a clock that is none', { clock: 'sundial' }, 'clock "sundial"'],
    ['a patience that is none', { patience: 'long' }, 'patience "long" is not a duration'],
    ['a chaos that is none', { chaos: { drop: 2 } }, '2 of `drop` is not a probability'],
    ['a seed that is none', { seed: 1.5 }, 'seed 1.5'],
    ['a bot that is none', { forwardTo: 'not a url' }, '"not a url" is not the URL of a bot'],
    ['a port that is none', { forwardTo: 70_000 }, '70000 is not a port'],
    ['a document that is none', { world: { forms: [{ id: 'x' }] } }, 'id must be 24 hex digits'],
  ])('are refused: %s', async (_, options, message) => {
    const error = await createSandbox(wrong(options)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'DEVHOOK_USAGE', remedy: expect.stringMatching(/\S/) })
    expect(error).toHaveProperty('message', expect.stringContaining(message))
  })
})

describe('A bot that cannot be reached', () => {
  it('is told apart: nobody listens, or does not answer the challenge', async () => {
    const port = await freePort()
    await expect(createSandbox({ forwardTo: port })).rejects.toMatchObject({
      code: 'DEVHOOK_BOT_NOT_LISTENING',
      message: expect.stringContaining(`nothing listens on port ${port}`),
    })
    const deaf = createServer((_request, response) => response.writeHead(404).end())
    await expect(createSandbox({ forwardTo: deaf })).rejects.toMatchObject({
      code: 'DEVHOOK_NOT_VERIFIED',
      message: expect.stringContaining('it answered 404'),
    })
    expect(deaf.listening).toBe(false)
  })

  it('leaves a server that was there before as it was', async () => {
    const server = createServer(talkingBot(() => 'hi')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sandbox = await createSandbox({ forwardTo: server })
    await sandbox.close()
    expect(server.listening).toBe(true)
    server.close()
  })

  it('is no longer accepted once the sandbox is closed', async () => {
    const sandbox = await kitForTest({ forwardTo: talkingBot(() => 'hi') })
    const jenny = await sandbox.contact()
    await sandbox.close()
    await sandbox.close()
    await expect(jenny.say('hello?')).rejects.toMatchObject({ code: 'DEVHOOK_SANDBOX_CLOSED' })
    await expect(sandbox.connect(talkingBot(() => 'hi'))).rejects.toMatchObject({ code: 'DEVHOOK_SANDBOX_CLOSED' })
  })
})

describe('A command', () => {
  it.each([
    [
      'that there is not',
      '60s',
      ['no-such-program'],
      'DEVHOOK_COMMAND_NOT_FOUND',
      /`no-such-program` cannot be started/,
    ],
    ['that crashes', '60s', ['node', program('programs/crashes.js')], 'DEVHOOK_BOT_CRASHED', /before it listened/],
    [
      'that never listens',
      '500ms',
      ['node', program('programs/never-listens.js')],
      'DEVHOOK_BOT_NOT_READY',
      /within 500ms/,
    ],
    [
      'that listens elsewhere',
      '8s',
      ['node', program('programs/other-port.js')],
      'DEVHOOK_BOT_NOT_READY',
      // Where the system does not tell, as the bot has printed it.
      process.platform === 'linux' ? /it listens on port \d+/ : /it printed port/,
    ],
  ] as const)('%s is refused, and nothing of it is left', async (_, readyWithin, command, code, message) => {
    const before = await openSockets()
    await expect(createSandbox({ command: [...command], readyWithin })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\S/),
    })
    expect(await openSockets()).toBeLessThanOrEqual(before)
  })

  it('is ended with the sandbox, and started again when a test asks for it', async () => {
    const sandbox = await createSandbox({ command: ['node', program('kit/mortal.js')], env: { GREETING: 'x' } })
    const { process: bot } = sandbox
    const jenny = await sandbox.contact()
    expect(await jenny.say('hi')).toMatchObject({ text: 'hi' })
    const first = bot?.pid
    await bot?.restart()
    expect(bot?.pid).not.toBe(first)
    expect(await jenny.say('hi')).toMatchObject({ text: 'hi' })
    expect(bot?.output).toBe('ready\nready')
    const last = bot?.pid ?? 0
    await sandbox.close()
    expect(bot?.pid).toBeNull()
    expect(() => process.kill(last, 0)).toThrow('ESRCH')
  })
})

/** How many descriptors this process holds; 0 where that cannot be told. */
async function openSockets(): Promise<number> {
  return (await readdir('/proc/self/fd').catch(() => [])).length
}
