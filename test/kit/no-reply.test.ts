// What the kit says when the bot does not answer: each way of it in its own sentence, with the talk at the end.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { NoReplyError } from '../../src/kit/index.ts'
import { botListener, talkingBot } from '../support/bot/listener.ts'
import { type KitSandbox, kitForTest } from '../support/kit-sandbox.ts'

const program = (name: string): string => fileURLToPath(new URL(`../support/bot/kit/${name}.js`, import.meta.url))
const command = (name: string, ...args: string[]) => [process.execPath, program(name), ...args] as const

/** The error with which Jenny gets no answer to `hi`: at once, or, within `80ms`, after the bot has done all that it does. */
async function failureOf(sandbox: KitSandbox, within: '60s' | '80ms' = '60s'): Promise<NoReplyError> {
  const jenny = await sandbox.contact({ name: 'Jenny' })
  jenny.send('hi')
  if (within === '80ms') await sandbox.settled().catch(() => undefined)
  const failure = await jenny.replies(1, { within }).catch((error: unknown) => error)
  if (!(failure instanceof NoReplyError)) throw new Error('there is an answer', { cause: failure })
  expect(failure.code).toBe('DEVHOOK_NO_REPLY')
  expect(failure.message).toContain(`To do: ${failure.remedy}`)
  expect(failure.transcript).toContain('Jenny: hi')
  expect(failure.message).toContain(failure.transcript)
  return failure
}

const firstLine = ({ message }: NoReplyError): string => message.split('\n', 1)[0] ?? ''

describe('A contact without an answer is told', () => {
  it('that no bot is connected', async () => {
    const { message } = await failureOf(await kitForTest())
    expect(message).toMatch(
      /^Jenny got no reply: no bot is connected\nTo do: give `command` or `forwardTo`, or call `connect`\.$/m,
    )
  })

  it('that the bot subscribes to other events', async () => {
    const sandbox = await kitForTest({ forwardTo: talkingBot(() => 'hi'), events: ['user.*'] })
    expect(firstLine(await failureOf(sandbox))).toBe('Jenny got no reply: nobody is registered for this event')
  })

  it('that the connection was refused', async () => {
    const sandbox = await kitForTest({ command: command('mortal') })
    await sandbox.process?.kill()
    const failure = await failureOf(sandbox)
    expect(firstLine(failure)).toBe('Jenny got no reply: the test has ended the bot with SIGKILL')
    await sandbox.until(() => (sandbox.deliveries[0]?.attempts.length ?? 0) > 0)
    expect(sandbox.deliveries[0]?.attempts[0]).toMatchObject({ status: null, error: expect.stringMatching(/ECONN/) })
  })

  it('which status it answered, with the last lines that it printed', async () => {
    const sandbox = await kitForTest({ command: command('mortal', 'fail') })
    const failure = await failureOf(sandbox, '80ms')
    expect(firstLine(failure)).toMatch(/^Jenny got no reply within 80ms: the delivery to \S+ failed with status 500/)
    expect(failure.message).toContain('The bot printed last:\n')
    expect(failure.message).toContain('  TypeError: no such thing')
    expect(failure.deliveries).toMatchObject([{ state: 'pending', attempts: [{ status: 500 }] }])
  })

  it('that it wrote what they do not see, because of its role or the backchannel', async () => {
    const byRole = await kitForTest({
      forwardTo: botListener(({ data }) => (data.message.role === 'contact' ? [{ text: 'hello' }] : [])),
    })
    expect(firstLine(await failureOf(byRole, '80ms'))).toBe(
      'Jenny got no reply within 80ms: the bot wrote 1 message that Jenny does not see (role "bot", type "chat")',
    )
    const beside = await kitForTest({
      forwardTo: botListener(({ data }) =>
        data.message.role === 'contact' ? [{ text: 'hello', role: 'agent', isBackchannel: true }] : [],
      ),
    })
    const failure = await failureOf(beside, '80ms')
    expect(firstLine(failure)).toContain('the bot wrote 1 message that Jenny does not see (in the backchannel)')
    expect(failure.transcript).toContain('Bot (unseen: backchannel): hello')
  })

  it('that it took longer than the platform waits', async () => {
    const sandbox = await kitForTest({ clock: 'manual', forwardTo: botListener(() => 'hang') })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await sandbox.clock.advance('20s')
    await expect(jenny.replies(1, { within: '80ms' })).rejects.toThrow(
      /^Jenny got no reply within 80ms: the delivery to \S+ failed: no answer within 20000 ms \(to be tried again\)\n/,
    )
  })

  it('that its call of the API failed', async () => {
    const sandbox = await kitForTest({ command: command('mortal', 'call') })
    const failure = await failureOf(sandbox, '80ms')
    expect(firstLine(failure)).toMatch(
      /POST \/v2\/conversations\/:id\/messages of the bot was answered 400: role must be contact, agent or bot(;|$)/,
    )
    expect(failure.failedCalls).toMatchObject([{ status: 400, body: { role: 'robot' } }])
  })

  it('that it has not answered yet', async () => {
    const sandbox = await kitForTest({ forwardTo: botListener(() => 'hang'), patience: '100ms' })
    expect(firstLine(await failureOf(sandbox, '80ms'))).toMatch(
      /^Jenny got no reply within 80ms: \S+ has not answered the delivery yet$/,
    )
  })

  it('that it answered and said nothing', async () => {
    const sandbox = await kitForTest({ forwardTo: talkingBot(() => null) })
    expect(firstLine(await failureOf(sandbox, '80ms'))).toMatch(/answered 200, but the bot posted nothing$/)
  })

  it('that it crashed, at once and with its last words', async () => {
    const sandbox = await kitForTest({ command: command('mortal', 'crash') })
    const failure = await failureOf(sandbox)
    expect(firstLine(failure)).toBe('Jenny got no reply: the bot crashed (exit code 3)')
    expect(failure.message).toContain('  I am undone')
  })

  it('the seed of what goes wrong by chance', async () => {
    const sandbox = await kitForTest({ forwardTo: talkingBot(() => 'hi'), chaos: { drop: 1 }, seed: 4711 })
    const { message } = await failureOf(sandbox, '80ms')
    expect(message).toMatch(/it was lost on its way \(chaos, seed 4711\)/)
    expect(message).toMatch(/To repeat it: seed 4711$/)
  })
})

describe('A press of what is not there', () => {
  it('lists what is offered', async () => {
    const link = { type: 'link', text: 'Site', uri: 'https://example.com/' }
    const actions = [{ type: 'reply', text: 'FAQ', payload: 'F' }, link]
    const sandbox = await kitForTest({
      forwardTo: botListener(({ data }) =>
        data.message.role === 'contact' ? [{ text: 'Yes?', role: 'agent', actions }] : [],
      ),
    })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    await jenny.say('hi')
    await expect(jenny.press('Help')).rejects.toMatchObject({
      code: 'DEVHOOK_NO_BUTTON',
      message: expect.stringMatching(
        /^Jenny cannot press "Help": what is offered is "FAQ"\n[\s\S]*Bot: Yes\? \[FAQ\] \[Site/,
      ),
    })
  })
})
