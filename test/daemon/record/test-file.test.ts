import { describe, expect, it } from 'vitest'
import { asTest } from '../../../src/daemon/record/export/test-file.ts'
import { readScript } from '../../../src/protocol/script/read.ts'

const test = (transcript: string, runner: 'vitest' | 'node' = 'vitest'): string =>
  asTest(readScript(transcript, 'talk'), { runner, command: ['node', "it's.js"] })

describe('A conversation as a test', () => {
  it('does line by line what people did, waits for what the bot said, and compares the transcript', () => {
    const talk = `Jenny: help
  Admin (agent): /assign
Bot: What do you need? [FAQ]
Jenny presses FAQ
Bot: One
Bot: Two
  /set topic faq
Alex (agent, unseen: backchannel): "rude"
Jenny: bye`
    expect(test(talk)).toBe(
      `import { afterAll, expect, test } from 'vitest'
import { createSandbox } from 'dev-hook/sandbox'

const sandbox = await createSandbox({ command: ['node', 'it\\'s.js'], arrival: 'assigned' })
afterAll(() => sandbox.close())

|test('answers "help" as it did', async () => {
  const jenny = await sandbox.contact({ name: 'Jenny' })
  const alex = await sandbox.agent({ name: 'Alex' })
  await jenny.say('help')
  await jenny.press('FAQ')
  await jenny.replies(2)
  alex.send(jenny, '"rude"', { backchannel: true })
  jenny.send('bye')
  await sandbox.settled()
  expect(jenny.transcript()).toBe([
    'Jenny: help',
    'Bot: What do you need? [FAQ]',
    'Jenny presses FAQ',
    'Bot: One',
    'Bot: Two',
    'Alex (agent, unseen: backchannel): "rude"',
    'Jenny: bye',
  ].join('\\n'))
})`.replace('|', ''),
    )
  })

  it('is written for node:test as well, and says that a silent bot is to stay so', () => {
    expect(test('Jenny: hm\nJenny: hi\nBot: Hello\nJenny: quiet', 'node')).toMatch(
      /^import assert from 'node:assert\/strict'\n[\s\S]*t\.after\(\(\) => sandbox\.close\(\)\)[\s\S]*jenny\.send\('quiet'\)\n {2}await jenny\.silence\(\)[\s\S]*assert\.equal\(jenny\.transcript\(\), \[/,
    )
  })
})
