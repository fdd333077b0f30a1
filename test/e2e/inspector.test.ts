// A real run, asked by a program over HTTP: every operation that it has, in the shapes of the table.
import { dirname } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../src/inspector/address.ts'
import { createInspectorClient } from '../../src/inspector/client.ts'
import { type GivenTo, OPERATIONS, type OutputOf, type RunOperation } from '../../src/inspector/operations/table.ts'
import { noticeFromNow, startCli } from '../support/cli/cli.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

const ajv = new Ajv2020({ strict: false, validateFormats: false })

/** A run with the echo bot, to which Jenny has said hi. */
async function runForTest(world: TestWorld) {
  const cli = await world.start()
  const { tokenFile, inspector } = await cli.notice('ready')
  const address = await readAddress(dirname(tokenFile ?? ''))
  if (address === null) throw new Error('no address was written')
  const client = createInspectorClient(address)
  /** What comes back has the shape of the table, on the wire too. */
  const ask = async <N extends RunOperation>(name: N, given: GivenTo<N>): Promise<OutputOf<N>> => {
    const output = await client.call(name, given)
    const isShape = ajv.compile(OPERATIONS[name].output.schema)
    expect([isShape(output), isShape.errors]).toEqual([true, null])
    return output
  }
  const jenny = await world.platform.contact({ name: 'Jenny' })
  await jenny.say('hi', { timeoutMs: 20_000 })
  await cli.notice('attempt')
  return { cli, ask, jenny, inspector, port: address.port }
}

describe('A run that is asked by a program', () => {
  it('tells what it is doing, and what was recorded', async () => {
    const { ask, jenny, inspector, port } = await runForTest(await worldForTest())
    expect(inspector).toBe(`http://127.0.0.1:${port}`)
    expect(await ask('status', {})).toMatchObject({
      emulated: false,
      bot: 'ready',
      tunnel: 'online',
      holding: null,
      paused: false,
    })
    const { deliveries } = await ask('deliveries', { q: 'hi' })
    expect(deliveries.at(-1)).toMatchObject({
      event: 'message.create.contact.chat',
      conversation: jenny.conversation,
      text: 'hi',
    })
    const { id } = deliveries.at(-1) ?? { id: '' }
    expect(await ask('delivery', { id: id.slice(-6) })).toMatchObject({
      id,
      signature: { verdict: 'right' },
      attempts: [{ outcome: 'answered', status: 200 }],
    })
    expect((await ask('export', { id, as: 'curl' })).text).toMatch(/^curl /)
    await expect(ask('delivery', { id: 'nothing' })).rejects.toMatchObject({ code: 'DEVHOOK_DELIVERY_UNKNOWN' })
  })

  it('does what it is told: again, in order, made up, held, let go, restarted', async () => {
    const world = await worldForTest()
    const { ask, cli, jenny } = await runForTest(world)
    const { deliveries } = await ask('deliveries', { q: 'hi' })
    const { id } = deliveries.at(-1) ?? { id: '' }
    expect(await ask('replay', { id })).toMatchObject({ id, outcome: 'answered', status: 200 })
    const { replayed } = await ask('replayConversation', { conversation: jenny.conversation })
    expect(replayed[0]?.id).toBe(id)
    const from = replayed.at(-1)?.id
    const rest = await ask('replayConversation', { conversation: jenny.conversation, from })
    expect(rest.replayed[0]?.id).toBe(from)
    await expect(ask('replayConversation', { conversation: 'nowhere' })).rejects.toMatchObject({
      code: 'DEVHOOK_DELIVERY_UNKNOWN',
    })

    const { body } = await ask('delivery', { id })
    const made = await ask('inject', {
      body: body.replaceAll('"hi"', '"made up"').replace(/"id":"[^"]*"/, '"id":"another"'),
    })
    expect(made).toMatchObject({ event: 'message.create.contact.chat', status: 200 })
    expect((await ask('delivery', { id: made.id })).signature.verdict).toBe('right')

    expect(await ask('hold', {})).toMatchObject({ holding: 'paused' })
    const held = noticeFromNow(cli)('held', ({ reason }) => reason === 'paused')
    jenny.send('wait')
    const { id: waits } = await held
    expect(await ask('status', {})).toMatchObject({ paused: true, holding: 'paused', waiting: expect.any(Number) })
    expect(await ask('release', {})).toMatchObject({ holding: null })
    await cli.notice('released', (notice) => notice.id === waits)

    await expect(ask('replay', { id, body: '{\n"a": }' })).rejects.toMatchObject({
      code: 'DEVHOOK_USAGE',
      message: 'the body is no longer JSON at line 2, column 6: a value is expected',
    })
    expect(await ask('checkJson', { text: '[1,]' })).toMatchObject({ mistake: { line: 1, column: 4 } })
    expect(await ask('verify', { id })).toMatchObject({ verdict: 'right' })
    expect(await ask('verify', { id, secret: 'another' })).toMatchObject({ verdict: 'wrong', certain: true })

    expect(await ask('replayOnSave', { on: true, id: id.slice(-6) })).toEqual({ replayOnSave: { id } })
    expect(await ask('status', {})).toMatchObject({ replayOnSave: { id } })
    const env = { ...world.env, XDG_STATE_HOME: `${cli.home}/state` }
    const shown = await (await startCli({ args: ['status'], env })).ended
    expect(shown.stdout).toContain(`on save   delivery ${id} is replayed\n`)
    const again = noticeFromNow(cli)('replay')
    expect(await ask('restart', {})).toEqual({ restarting: true })
    expect((await again).id).toBe(id)
    expect(cli.notices.filter((notice) => notice.type === 'bot' && notice.state === 'ready')).toHaveLength(2)
    expect(await ask('replayOnSave', { on: false })).toEqual({ replayOnSave: null })
    expect((await ask('output', { limit: 1 })).lines).toHaveLength(1)
  })

  it('cannot be asked with `--no-inspector`, and says so', async () => {
    const world = await worldForTest()
    const cli = await world.start({ args: ['--no-inspector'] })
    expect(await cli.notice('ready')).toMatchObject({ inspector: null, tokenFile: null })
  })

  it('says when the port for it is taken, and is on another one', async () => {
    const world = await worldForTest()
    const { port } = await runForTest(world)
    const other = await worldForTest()
    const cli = await other.start({ args: ['--inspector-port', String(port)] })
    expect(await cli.notice('warning', ({ code }) => code === 'DEVHOOK_INSPECTOR_MOVED')).toMatchObject({
      message: expect.stringContaining(`port ${port} is taken`),
    })
  })
})
