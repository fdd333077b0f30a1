import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CliEnd, ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'

const GOOD = '# An echo\nJenny: hi\nBot: You said: hi\nJenny: two\n  | lines\nBot: You said: two\n  | lines\n'
const OTHER = 'Jenny: hi\nBot: Hello!\n'

async function played(files: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliEnd> {
  const cwd = await folderForTest()
  await mkdir(join(cwd, 'talks'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, 'talks', name), text)
  const env = { PORT: String(await freePort()) }
  return (await startCli({ args: ['sandbox', ...args], env, cwd, command: [process.execPath, ECHO_BOT] })).ended
}

describe('dev-hook sandbox --play', () => {
  it('says every conversation of a folder again, and ends with 0 when the bot does the same', async () => {
    const { code, stdout, stderr } = await played(
      { 'a.txt': GOOD, 'b.txt': GOOD, '.hidden': 'Jenny' },
      '--play',
      'talks',
    )
    expect(stderr).toMatch(/, 0 lost\n$/)
    expect(stdout).toBe(
      '✓ talks/a.txt: 2 steps as recorded\n✓ talks/b.txt: 2 steps as recorded\nall 2 conversations are as they were recorded\n',
    )
    expect(code).toBe(0)
  })

  it('shows what the bot does otherwise, line by line, and ends with 1', async () => {
    const { code, stdout, stderr } = await played({ 'a.txt': OTHER }, '--play', 'talks/a.txt')
    expect(stdout).toBe(
      [
        '✗ talks/a.txt: 1 of 1 step different from what was recorded',
        '  step 1, the answer to `Jenny: hi`',
        '      Jenny: hi',
        '    - Bot: Hello!',
        '    + Bot: You said: hi',
        '',
      ].join('\n'),
    )
    expect(stderr).toContain('DEVHOOK_PLAYED_OTHERWISE')
    expect(code).toBe(1)
  })

  it('tells programs the same as JSON', async () => {
    const { code, stdout } = await played({ 'a.txt': OTHER }, '--json', '--play', 'talks')
    const notices = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(notices).toContainEqual({
      type: 'played',
      time: expect.any(String),
      file: join('talks', 'a.txt'),
      steps: 1,
      differences: [
        { step: 1, what: 'the answer to `Jenny: hi`', expected: 'Bot: Hello!', received: 'Bot: You said: hi' },
      ],
      transcript: 'Jenny: hi\nBot: You said: hi',
    })
    expect(code).toBe(1)
  })

  it('refuses what it cannot read before anything is started, naming every place', async () => {
    const files = { 'a.txt': 'Jenny: hi\nhello', 'b.json': '{"version": 2, "steps": []}', 'c.txt': GOOD }
    const { code, stderr } = await played(files, '--play', 'talks')
    expect(stderr).toContain(`${join('talks', 'a.txt')}:2:1 expected a name`)
    expect(stderr).toContain(`${join('talks', 'b.json')}:1:13 this is version 2 of a fixture`)
    expect(stderr).not.toContain('Ready')
    expect(code).toBe(2)
    expect((await played({}, '--play', 'talks')).code).toBe(2)
    expect((await played({}, '--play', 'nowhere')).code).toBe(2)
  })
})
