import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { checkSignature } from '../../src/protocol/signature.ts'
import { writeSetup } from '../../src/relay/setup/write-setup.ts'
import { startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { recordingBotForTest, sandboxForTest } from '../support/platform/sandboxes.ts'
import { runServer } from '../support/relay/nats-server.ts'
import { teamForTest } from '../support/relay/team.ts'
import { eventually } from '../support/wait.ts'

/** What the contact said: the platform tells the bot of its own messages, too. */
const textsOf = (log: readonly { readonly text: string }[]): readonly string[] =>
  log.map(({ text }) => text).filter((text) => !text.includes(':'))

describe('dev-hook relay and dev-hook --relay', () => {
  it('carry a contact’s words to the bot of a developer who has no token, and its answer back', async () => {
    const team = await teamForTest()
    const relay = await team.relay()
    const anna = await team.developer('anna')
    expect(await anna.cli.notice('ready')).toMatchObject({ kind: 'relay', relay: { name: 'anna' } })
    const jenny = await team.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('anna: hi')
    const log = await anna.log()
    expect(textsOf(log)).toEqual(['hi'])
    expect(log.every(({ isRight }) => isRight)).toBe(true)
    expect(await relay.notice('routed')).toMatchObject({ to: 'anna', how: 'live' })
    anna.cli.kill('SIGINT')
    expect((await anna.cli.ended).code).toBe(0)
    await relay.notice('developer', ({ state }) => state === 'gone')
    relay.kill('SIGINT')
    expect((await relay.ended).code).toBe(0)
    expect(team.platform.registration()).toMatchObject({ url: 'https://bots.example.com/hook' })
  })

  it('hold what comes while a developer is away, and show who is there and what waits', async () => {
    const team = await teamForTest()
    const relay = await team.relay()
    const anna = await team.developer('anna')
    const jenny = await team.platform.contact({ name: 'Jenny' })
    await jenny.say('one')
    anna.cli.kill('SIGKILL')
    await anna.cli.ended
    for (const text of ['two', 'three', 'four']) jenny.send(text)
    const held = (): number =>
      relay.notices.filter((notice) => notice.type === 'routed' && notice.how === 'held').length
    await eventually(() => held() >= 3)
    const status = await (await team.run('anna', ['relay', 'status', '--json'])).ended
    expect(JSON.parse(status.stdout)).toMatchObject({ developers: [{ name: 'anna', conversations: 1 }] })
    const back = await team.developer('anna')
    await eventually(async () => textsOf(await back.log()).length === 4)
    expect(textsOf(await back.log())).toEqual(['one', 'two', 'three', 'four'])
  })

  it('hand a conversation over to somebody else', async () => {
    const team = await teamForTest()
    await team.relay()
    const anna = await team.developer('anna')
    const bert = await team.developer('bert')
    const jenny = await team.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('anna: hi')
    const [{ conversation } = { conversation: '' }] = await anna.log()
    const misspelt = await (await team.run('bert', ['relay', 'assign', conversation, 'brt'])).ended
    expect(misspelt).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean `bert`?') })
    const assign = await (await team.run('bert', ['relay', 'assign', conversation, 'bert'])).ended
    expect(assign).toMatchObject({ code: 0, stdout: `${conversation} is bert's, it was anna's\n`, stderr: '' })
    // An id may be cut short, and one of which nothing has come yet is taken as it is.
    const short = await (await team.run('anna', ['relay', 'assign', conversation.slice(-8), 'bert'])).ended
    expect(short).toMatchObject({ code: 0, stdout: `${conversation} is bert's\n`, stderr: '' })
    const early = await (await team.run('anna', ['relay', 'assign', `${conversation}0`, 'bert'])).ended
    expect(early).toMatchObject({ code: 0, stdout: `${conversation}0 is bert's\n` })
    expect(early.stderr).toContain('nothing of this conversation has come to the relay yet')
    expect((await jenny.say('again')).text).toBe('bert: again')
    expect(textsOf(await bert.log())).toEqual(['again'])
  })

  it('pass on what nobody wants to a shared bot, as it came', async () => {
    const team = await teamForTest()
    const shared = await recordingBotForTest()
    await team.relay(['--default', `http://jo:pass@127.0.0.1:${shared.port}/hook?key=k`])
    await team.developer('anna', { args: ['--only', 'text:refund'] })
    const [jenny, alex] = [
      await team.platform.contact({ name: 'Jenny' }),
      await team.platform.contact({ name: 'Alex' }),
    ]
    expect((await jenny.say('a refund')).text).toBe('anna: a refund')
    alex.send('something else')
    const [first] = await shared.waitFor(1)
    const { body, rawHeaders, url } = first ?? { body: Buffer.alloc(0), rawHeaders: [], url: '' }
    expect(url).toBe('/hook?key=k')
    expect(headerOf(rawHeaders, 'authorization')).toBe(`Basic ${Buffer.from('jo:pass').toString('base64')}`)
    expect(checkSignature(rawHeaders, body, team.platform.secret() ?? '')).toBe('right')
  })

  it('are found by the other commands of a developer', async () => {
    const team = await teamForTest()
    await team.relay()
    await team.developer('anna')
    const jenny = await team.platform.contact({ name: 'Jenny' })
    await jenny.say('hi')
    const outputOf = async (name: string, args: readonly string[]): Promise<string> =>
      (await (await team.run(name, args)).ended).stdout
    expect(await outputOf('anna', ['events', '--json'])).toContain('"text":"hi"')
    expect(await outputOf('anna', ['status'])).toContain('anna  here')
    const checks = (await outputOf('bert', ['doctor', '--json'])).trim().split('\n')
    const names = ['node', 'package', 'config', 'state', 'broker', 'relay', 'clock', 'port']
    expect(checks.map((line) => JSON.parse(line).name)).toEqual(names)
    expect(checks.map((line) => JSON.parse(line).ok)).not.toContain(false)
    expect((await jenny.say('still there?')).text).toBe('anna: still there?')
    const replay = await (await team.run('anna', ['replay', '--last', '--json'])).ended
    expect(replay.code).toBe(0)
  })

  it('replay at the relay to the bot of the developer whose conversation it is, now or once they are there', async () => {
    const team = await teamForTest()
    const relay = await team.relay()
    const anna = await team.developer('anna')
    const jenny = await team.platform.contact({ name: 'Jenny' })
    await jenny.say('hi')
    const { id } = await relay.notice('delivery', ({ text }) => text === 'hi')
    const timesHad = async (): Promise<number> =>
      (await anna.log()).filter(({ text, isRight }) => text === 'hi' && isRight).length
    const replay = async (): Promise<unknown> =>
      JSON.parse((await (await team.atRelay(['replay', id, '--json'])).ended).stdout)
    expect(await replay()).toMatchObject({ outcome: 'answered', status: 200 })
    expect(await timesHad()).toBe(2)
    anna.cli.kill('SIGINT')
    await anna.cli.ended
    expect(await replay()).toMatchObject({ outcome: 'answered', status: 200 })
    expect(await timesHad()).toBe(2)
    await team.developer('anna')
    await expect.poll(timesHad).toBe(3)
  })

  it('keep deliveries in the journal of the relay while the broker is away, and let them go in order', async () => {
    const team = await teamForTest()
    const relay = await team.relay(['--hold', '200ms'])
    const anna = await team.developer('anna')
    const jenny = await team.platform.contact({ name: 'Jenny' })
    await jenny.say('one')
    await team.broker.kill()
    await relay.notice('warning', ({ code }) => code === 'DEVHOOK_BROKER_AWAY')
    for (const text of ['two', 'three', 'four']) jenny.send(text)
    const kept = (): number => relay.notices.filter(({ type }) => type === 'acknowledged').length
    await eventually(() => kept() >= 3)
    await team.broker.start()
    await relay.notice('broker')
    await eventually(async () => textsOf(await anna.log()).length === 4)
    expect(textsOf(await anna.log())).toEqual(['one', 'two', 'three', 'four'])
  })

  it('reach each other over TLS, by their credentials files alone', async () => {
    const platform = await sandboxForTest()
    const folder = join(await folderForTest(), 'relay')
    const port = await freePort()
    const { config } = await writeSetup({ folder, developers: ['anna'], host: null, port })
    await runServer(config, port)
    const { api: APIHOST, token: TOKEN, refreshToken: REFRESH_TOKEN, email: EMAIL } = platform
    const creds = (name: string): readonly string[] => ['--json', '--nats-creds', join(folder, `${name}.creds`)]
    const relay = await startCli({
      args: ['relay', '--take-over', '--tunnel', 'loopback', ...creds('relay')],
      env: { APIHOST, TOKEN, REFRESH_TOKEN, EMAIL },
    })
    await relay.notice('ready')
    const bot = await recordingBotForTest()
    const anna = await startCli({ args: [...creds('anna'), '--port', String(bot.port)] })
    expect(await anna.notice('ready')).toMatchObject({ relay: { name: 'anna', broker: `tls://127.0.0.1:${port}` } })
    const jenny = await platform.contact({ name: 'Jenny' })
    jenny.send('hi')
    await bot.waitFor(1)
  })

  it('name the relay that has the bot to a second one', async () => {
    const team = await teamForTest()
    await team.relay()
    const { code, stderr } = await (await team.secondRelay()).ended
    expect(code).toBe(7)
    expect(stderr).toContain('another relay has the bot')
  })
})
