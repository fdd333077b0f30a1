// A test with the matchers for Vitest.

import { createSandbox } from 'dev-hook/sandbox'
import { expect, test } from 'vitest'
import 'dev-hook/sandbox/vitest'

test('Jenny sees an answer soon', async () => {
  const sandbox = await createSandbox({ command: ['node', 'buttons/bot.js'] })
  try {
    const jenny = await sandbox.contact({ name: 'Jenny' })
    jenny.send('help')
    await expect(jenny).toSee(/what do you need/i)
    await expect(jenny).not.toSee('Goodbye')
  } finally {
    await sandbox.close()
  }
})
