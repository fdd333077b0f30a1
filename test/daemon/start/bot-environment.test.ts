import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type BotRun, botEnvironment } from '../../../src/daemon/start/bot-environment.ts'
import { folderForTest } from '../../support/folder.ts'
import { makeToken } from '../../support/platform/tokens.ts'

const past = Math.floor(Date.now() / 1_000) - 60
const EXPIRED = makeToken({ _id: 'b1', exp: past })
const OTHER_EXPIRED = makeToken({ _id: 'b1', exp: past - 1 })
const GOOD = makeToken({ _id: 'b1' })
const FRESH = makeToken({ _id: 'b1', jti: 'fresh' })

let cwd: string
beforeEach(async () => {
  cwd = await folderForTest()
})

interface Given {
  readonly env?: BotRun['env']
  readonly config?: Partial<BotRun['config']>
  readonly tokens?: BotRun['tokens']
  readonly botEnv?: BotRun['botEnv']
  readonly secret?: string | null
  readonly warn?: BotRun['warn']
}

function environment({ env = {}, config = {}, tokens, botEnv = {}, secret = null, warn }: Given) {
  const token = config.token ?? GOOD
  const target = { host: '127.0.0.1', port: 4001, path: '/in' }
  return botEnvironment({
    config: { cwd, profile: null, target, email: null, ...config, token },
    botId: 'b1',
    runId: 'r1',
    env,
    botEnv,
    tokens: tokens ?? { token, refreshToken: null },
    secret,
    publicUrl: 'https://x.ngrok.example/',
    warn:
      warn ??
      ((_, message) => {
        throw new Error(message)
      }),
  })
}

describe('The environment of a bot', () => {
  it('says where it listens, where it is reached, and with what it checks signatures', async () => {
    const own = { PORT: '4001', WEBHOOK_PATH: '/in', PUBLIC_URL: 'https://x.ngrok.example/', SECRET: 's' }
    expect(await environment({ env: { PORT: '1', MINE: '2' }, secret: 's' })).toMatchObject({ MINE: '2', ...own })
  })

  it('lacks what no environment can hold, and its value is not said', async () => {
    const warned: string[] = []
    const warn = (kind: string, message: string): void => void warned.push(`${kind}: ${message}`)
    const given = await environment({ secret: 'hunter2\0', env: { MINE: '1' }, warn })
    expect(given).toMatchObject({ MINE: '1' })
    expect(given).not.toHaveProperty('SECRET')
    expect(warned).toEqual(['variableUnusable: the bot is started without SECRET: its value holds a NUL character'])
  })

  it('has no authtoken of ngrok', async () => {
    expect(await environment({ env: { NGROK_AUTHTOKEN: 'x', ngrok_authtoken: 'y' } })).not.toHaveProperty(
      'NGROK_AUTHTOKEN',
    )
  })

  it('has the e-mail that goes with its refresh token', async () => {
    expect((await environment({}))['EMAIL']).toBe('bot+b1@web1on1.chat')
    expect((await environment({ config: { email: 'me@x.example' } }))['EMAIL']).toBe('me@x.example')
  })

  it('leaves a token alone that is good', async () => {
    expect(await environment({ env: { TOKEN: GOOD } })).toMatchObject({ TOKEN: GOOD })
    expect(await environment({})).not.toHaveProperty('TOKEN')
  })

  const tokens = { token: FRESH, refreshToken: 'refresh' }
  it.each<[string, Given, string?]>([
    ['has expired, in the environment', { env: { TOKEN: EXPIRED }, config: { token: EXPIRED } }],
    ['has expired, in .env', { config: { token: EXPIRED } }, EXPIRED],
    ['was refused', { config: { token: GOOD } }, GOOD],
    ['has expired beside another one for dev-hook', { config: { token: EXPIRED } }, OTHER_EXPIRED],
  ])('has fresh tokens in place of a token that %s', async (_, given, inFile) => {
    if (inFile !== undefined) await writeFile(join(cwd, '.env'), `TOKEN=${inFile}\n`)
    expect(await environment({ ...given, tokens })).toMatchObject({ TOKEN: FRESH, REFRESH_TOKEN: 'refresh' })
  })

  it('leaves a good token of its own alone though dev-hook has refreshed another one', async () => {
    await writeFile(join(cwd, '.env'), `TOKEN=${GOOD}\n`)
    expect(await environment({ config: { token: EXPIRED }, tokens })).not.toHaveProperty('TOKEN')
  })

  it('has what its profile says, below the shell, and what the sandbox gives above all', async () => {
    await writeFile(join(cwd, '.env'), `TOKEN=${EXPIRED}\n`)
    await writeFile(join(cwd, '.env.echo'), `TOKEN=${GOOD}\nMINE=profile\nYOURS=profile\n`)
    const found = await environment({
      config: { profile: 'echo' },
      env: { YOURS: 'shell' },
      botEnv: { APIHOST: 'http://127.0.0.1:1', EMAIL: 'sandbox@x.example' },
    })
    expect(found).toMatchObject({ TOKEN: GOOD, MINE: 'profile', YOURS: 'shell', APIHOST: 'http://127.0.0.1:1' })
    expect(found).toMatchObject({ EMAIL: 'sandbox@x.example' })
  })
})
