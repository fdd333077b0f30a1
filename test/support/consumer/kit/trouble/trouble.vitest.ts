// Vitest: a night in which the bot was down, an expired token, seeded chaos, a talk that was recorded in production.

import { createSandbox, NoReplyError } from 'dev-hook/sandbox'
import { expect, test } from 'vitest'

test('a message that came while the bot was down is answered once, hours later', async () => {
  await using sandbox = await createSandbox({ command: ['node', 'bot.js'], clock: 'manual' })
  const jenny = await sandbox.contact()
  await sandbox.process?.kill()
  const failed = await jenny.say('anybody there?', { within: '200ms' }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(NoReplyError)

  await sandbox.clock.advance('3h')
  await sandbox.process?.restart()
  await sandbox.clock.advance('3h')
  expect((await jenny.replies(1)).map(({ text }) => text)).toEqual(['Sorry for the wait!'])
  expect(sandbox.deliveries.at(0)?.attempts.length).toBeGreaterThan(3)
})

test('an expired token, and an API that fails once, do not show', async () => {
  await using sandbox = await createSandbox({ command: ['node', 'bot.js'] })
  const jenny = await sandbox.contact()
  sandbox.expireTokens()
  using _once = sandbox.fault({ match: 'POST /v2/conversations/*/messages', status: 503, times: 1 })
  expect((await jenny.say('hi')).text).toBe('Hello!')
  expect(sandbox.calls.map(({ method, status }) => `${method} ${status}`)).toContain('POST 503')
})

test.each([1, 2, 3, 4, 5])('orders survive chaos %i', async (seed) => {
  await using sandbox = await createSandbox({
    command: ['node', 'bot.js'],
    seed,
    chaos: { duplicate: 0.3, reorder: 0.3, delay: '20ms' },
  })
  const jenny = await sandbox.contact()
  for (const item of ['tea', 'cake']) jenny.send(`order ${item}`)
  await sandbox.settled()
  expect(
    jenny.messages
      .filter(({ text }) => text.startsWith('Ordered'))
      .map(({ text }) => text)
      .sort(),
  ).toEqual(['Ordered cake', 'Ordered tea'])
})

test('what it said in production it still says', async () => {
  await using sandbox = await createSandbox({ command: ['node', 'bot.js'] })
  expect((await sandbox.play('fixtures/test-drive.json')).differences).toEqual([])
})
