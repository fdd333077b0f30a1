// The matchers for Vitest: they wait, and say what was seen instead.
import { describe, expect, it } from 'vitest'
import '../../src/kit/vitest.ts'
import { botListener } from '../support/bot/listener.ts'
import { kitForTest } from '../support/kit-sandbox.ts'

const gossip = botListener(({ data: { message } }) =>
  message.role !== 'contact' || message.text === 'bye'
    ? []
    : [
        { text: 'Welcome!', role: 'agent' },
        { text: 'a good customer', isBackchannel: true },
      ],
)

describe('Matchers', () => {
  it('wait until somebody sees something', async () => {
    const sandbox = await kitForTest({ forwardTo: gossip })
    const [jenny, alex] = [await sandbox.contact({ name: 'Jenny' }), await sandbox.agent({ name: 'Alex' })]
    jenny.send('hi')
    await expect(jenny).toSee(/welcome/i)
    await expect(jenny).toSee('Welcome')
    await expect(jenny).not.toSee('customer')
    await expect(alex).toSeeBackchannel(/good customer/)
    await expect(jenny.conversation).toSeeBackchannel('customer')
    await expect(jenny).not.toSeeBackchannel('bad')
    await expect(jenny).toHaveAnsweredWithin('10s')
    await expect(jenny.messages.at(-1)).toHaveAnsweredWithin(10_000)
    jenny.send('bye')
    await expect(jenny).toBeSilent()
  })

  it('say what was seen instead', async () => {
    const sandbox = await kitForTest({ forwardTo: gossip })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('hi')
    await expect(expect(jenny).toSee('Goodbye', { within: '200ms' })).rejects.toThrow(
      /^Jenny has not seen "Goodbye"\n\nJenny: hi\n[\s\S]*Bot: Welcome!/,
    )
    await expect(expect(jenny).not.toSee('Welcome')).rejects.toThrow(/^Jenny has seen "Welcome"/)
    await expect(expect(jenny).toBeSilent()).rejects.toThrow(/^Jenny was to get no reply, and the bot said "Welcome!"/)
    await expect(expect(jenny).toHaveAnsweredWithin(-1)).rejects.toThrow('is not a duration')
    await expect(expect(jenny.messages[0]).toHaveAnsweredWithin('1s')).rejects.toThrow('"hi" is not an answer')
    await expect(expect({}).toSeeBackchannel('x')).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
  })
})
