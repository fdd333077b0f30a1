// Vitest: the bot as it runs in production, started once; buttons, state, a snapshot of the whole talk.

import { createSandbox } from 'dev-hook/sandbox'
import { afterAll, beforeEach, expect, test } from 'vitest'

const sandbox = await createSandbox({ command: ['node', 'bot.js'] })
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

test('help offers three ways, and remembers which was chosen', async () => {
  const jenny = await sandbox.contact({ name: 'Jenny' })

  const help = await jenny.say('help')
  expect(help.buttons).toEqual(['Settings', 'FAQ', 'A human'])
  expect(await jenny.press('FAQ')).toMatchObject({ text: 'What would you like to know?' })
  await jenny.say('opening hours')

  await sandbox.settled()
  expect(jenny.conversation.meta).toMatchObject({ topic: 'faq' })
  expect(jenny.transcript({ commands: true })).toMatchInlineSnapshot(`
    "Jenny: help
    Bot: What do you need? [Settings] [FAQ] [A human]
    Jenny presses FAQ
    Bot: What would you like to know?
      /set topic faq
    Jenny: opening hours
    Bot: From nine to five."
  `)
})
