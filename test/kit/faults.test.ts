// Three mistakes that bots are made with, each found by a test of a few lines.
import { describe, expect, it } from 'vitest'
import '../../src/kit/vitest.ts'
import { botListener } from '../support/bot/listener.ts'
import { kitForTest } from '../support/kit-sandbox.ts'

const CARS = [{ type: 'postback', text: 'Book it', payload: 'BOOK' }]

/** Says hello to the team alone, answers no press, and orders again what comes again. */
const faulty = botListener(({ data: { message } }) => {
  if (message.role !== 'contact' || message.type !== 'chat') return []
  if (message.text === 'hi') return [{ text: 'Hello!' }]
  if (message.text === 'cars') return [{ text: 'A red one', role: 'agent', actions: CARS }]
  return [{ text: `Ordered ${message.text}`, role: 'agent' }]
})

describe('A mistake is found', () => {
  it('in the role: nobody sees the answer', async () => {
    const jenny = await (await kitForTest({ forwardTo: faulty, patience: '500ms' })).contact({ name: 'Jenny' })
    await expect(jenny.say('hi')).rejects.toThrow('the bot wrote 1 message that Jenny does not see (role "bot"')
  })

  it('in a button that nothing answers', async () => {
    const jenny = await (await kitForTest({ forwardTo: faulty, patience: '500ms' })).contact({ name: 'Jenny' })
    const { buttons } = await jenny.say('cars')
    await expect(jenny.press(buttons[0] ?? '')).rejects.toThrow('the bot posted nothing')
  })

  it('in an answer that is given twice to what came twice', async () => {
    const sandbox = await kitForTest({ forwardTo: faulty, chaos: { duplicate: 1 } })
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('tea')
    await sandbox.settled()
    expect(jenny.messages.filter(({ text }) => text === 'Ordered tea')).not.toHaveLength(1)
  })
})
