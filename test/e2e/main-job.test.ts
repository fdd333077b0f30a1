import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { PLACE_NAMES } from '../../src/sandbox/webhooks/locations.ts'
import { PROGRAMS } from '../support/bot/programs.ts'
import { startRecordingBot } from '../support/bot/recording-bot.js'
import { noticeFromNow } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

/** The platform writes it anew with every change. */
const withoutUpdatedAt = (registration: unknown): unknown => ({ ...Object(registration), updatedAt: null })

const KNOWN_PLACES = PLACE_NAMES.filter((place) => place !== 'unknown')

describe('dev-hook with the real ngrok SDK, the sandbox and a chipchat bot', () => {
  it.each(KNOWN_PLACES)(
    'carries a contact’s words to the bot and back, and restores the webhook (in place "%s")',
    async (place) => {
      const world = await worldForTest({ place })
      const before = world.platform.registration()
      const cli = await world.start()
      const ready = await cli.notice('ready')
      expect(ready.url).toBe(`${await world.edge.publicUrl()}/`)
      expect(ready.before).toMatchObject({ url: 'https://bots.example.com/hook', status: 'active' })
      expect(world.platform.registration()).not.toEqual(before)

      const jenny = await world.platform.contact({ name: 'Jenny' })
      const answer = await jenny.say('hi')
      expect(answer.text).toBe('You said: hi')

      cli.kill('SIGINT')
      const { code, stdout, stderr } = await cli.ended
      expect(code).toBe(0)
      expect(withoutUpdatedAt(world.platform.registration())).toEqual(withoutUpdatedAt(before))
      expect(world.edge.sessions()).toBe(0)
      expect(cli.notices.at(-1)).toMatchObject({ type: 'stopped', restored: 'restored', exitCode: 0, undelivered: 0 })
      for (const secret of [
        world.platform.token,
        world.platform.refreshToken,
        world.edge.authtoken,
        world.platform.secret() ?? '',
      ]) {
        expect(stdout + stderr).not.toContain(secret)
      }
    },
  )

  it('gives a bot that checks them the credentials and the query of its former URL, and shows them nowhere', async () => {
    const former = 'https://jo:pass-w0rd@bots.example.com/hook?key=k3y-of-jo'
    const world = await worldForTest({ registered: { url: former } })
    const bot = await startRecordingBot({ port: world.port })
    onTestFinished(() => bot.close())
    const cli = await world.start({ args: ['--verbose'], command: null })
    await cli.notice('ready')
    const jenny = await world.platform.contact({ name: 'Jenny' })
    jenny.send('hi')
    await cli.notice('attempt')
    cli.kill('SIGINT')
    const { stdout, stderr } = await cli.ended
    expect(Object(world.platform.registration())).toMatchObject({ url: former })
    const [delivery] = bot.deliveries()
    expect(delivery?.url).toBe('/?key=k3y-of-jo')
    expect(headerOf(delivery?.rawHeaders ?? [], 'authorization')).toBe(`Basic ${btoa('jo:pass-w0rd')}`)
    for (const secret of ['pass-w0rd', 'k3y-of-jo', btoa('jo:pass-w0rd')]) expect(stdout + stderr).not.toContain(secret)
  })

  it('makes a general webhook of its own when asked to, and deletes it', async () => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const cli = await world.start({ args: ['--hook', 'service', '--events', 'message.create.contact.*'] })
    expect(await cli.notice('ready')).toMatchObject({
      kind: 'service',
      before: null,
      events: ['message.create.contact.*'],
    })
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    cli.kill('SIGTERM')
    expect((await cli.ended).code).toBe(0)
    expect((await cli.notice('restored')).result).toBe('deleted')
    expect(world.platform.registration()).toEqual(before)
  })

  it('signs for the secret that the bot was started with, and starts it with the right one the next time', async () => {
    const world = await worldForTest()
    const cwd = await folderForTest()
    const cli = await world.start({
      args: ['--hook', 'service', '--events', 'message.create.contact.*'],
      env: { SECRET: 'of another webhook' },
      cwd,
      command: [process.execPath, join(PROGRAMS, 'checks.js')],
    })
    await cli.notice('ready')
    const jenny = await world.platform.contact({ name: 'Jenny' })
    jenny.send('hi')
    await cli.notice('attempt', ({ status }) => status === 200)

    const heard = noticeFromNow(cli)
    await writeFile(join(cwd, 'bot.js'), 'saved')
    await heard('bot', ({ state }) => state === 'ready')
    jenny.send('hi again')
    await heard('attempt', ({ status }) => status === 200)
    cli.kill('SIGINT')
    const { stderr } = await cli.ended

    // It prints its secrets too, which are not passed on.
    const lines = stderr.match(/^(secret|signature) .*$/gm)
    expect(lines).toEqual(['secret [redacted]', 'signature right', 'secret [redacted]', 'signature right'])
  })

  it('gives the bot of a profile the variables of that profile, as they are at each start', async () => {
    const world = await worldForTest()
    const cwd = await folderForTest()
    const dotEnv = (more: string): string => `TOKEN=${world.platform.token}\n${more}`
    await writeFile(
      join(cwd, 'dev-hook.config.json'),
      '{ "profiles": { "echo": {} }, "watch": ["bot.js", ".env.echo"] }',
    )
    await writeFile(join(cwd, '.env'), 'TOKEN=of-another-bot\nREFRESH_TOKEN=of-another-bot\n')
    await writeFile(join(cwd, '.env.echo'), dotEnv('CITY=Utrecht\nEMAIL=of.the.file@example.com\n'))
    // Renamed when it is whole.
    const program = `fs.writeFileSync('half', JSON.stringify(process.env)); fs.renameSync('half', 'env.' + process.env.CITY)`
    const cli = await world.start({
      args: ['--profile', 'echo'],
      env: { TOKEN: '' },
      cwd,
      command: [process.execPath, '-e', program],
    })
    const found = async (city: string): Promise<unknown> => {
      await eventually(() => existsSync(join(cwd, `env.${city}`)))
      return JSON.parse(await readFile(join(cwd, `env.${city}`), 'utf8'))
    }
    const { token, email } = world.platform
    expect(await found('Utrecht')).toMatchObject({ TOKEN: token, EMAIL: email, CITY: 'Utrecht' })
    await writeFile(join(cwd, '.env.echo'), dotEnv('CITY=Leiden\n'))
    expect(await found('Leiden')).toMatchObject({ TOKEN: token, CITY: 'Leiden' })
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  })

  it('never writes to a bot record whose webhook it cannot find, and waits for a person instead', async () => {
    const world = await worldForTest({ place: 'unknown' })
    const before = world.platform.bot()
    const cli = await world.start()
    const manual = await cli.notice('registration', ({ state }) => state === 'manual')
    expect(cli.notices.some(({ type }) => type === 'ready')).toBe(false)
    await world.platform.changeRegistration({ url: manual.url ?? '' })
    expect(await cli.notice('ready')).toMatchObject({ kind: 'manual' })
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    expect(world.platform.calls.filter(({ method }) => method === 'PATCH')).toEqual([])
    expect(before).not.toBeNull()
  })
})
