// node:test, plain JavaScript, Node 20: the bot inside the test, an agent who takes over, and nothing said afterwards.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSandbox } from 'dev-hook/sandbox'
import { createBot } from '../bot.js' // (env) => new ChipChat({ token: env.TOKEN, host: env.APIHOST, secret: env.SECRET })

test('the bot leaves when an agent takes over', async (t) => {
  const sandbox = await createSandbox()
  t.after(() => sandbox.close())
  await sandbox.connect(createBot(sandbox.env).httpMiddleware())

  const jenny = await sandbox.contact({ name: 'Jenny' })
  const alex = await sandbox.agent({ name: 'Alex' })
  assert.equal((await jenny.say('hi')).text, 'Hello! How can I help?')

  await alex.accept(jenny)
  alex.send(jenny, 'I have this one')
  await sandbox.until(() => jenny.conversation.messages.find(({ text }) => text === '/leave'))

  jenny.send('thank you, Alex')
  await jenny.silence()
  assert.deepEqual(
    jenny.conversation.participants.filter((p) => p.active).map((p) => p.name),
    ['Alex'],
  )
})
