// Conversations that were recorded in a run, and what is exported of them.
import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { type WorldWithBot, worldWithBotForTest } from '../support/world-with-bot.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What the example bot would have said to Jenny, who says who she is; ended, so that only the record is left. */
async function recorded(): Promise<WorldWithBot & { readonly conversation: string }> {
  const recorded = await worldWithBotForTest()
  const { platform } = recorded.world
  const cli = await recorded.start()
  await cli.notice('ready')
  const jenny = await platform.contact({ name: 'Jenny Jones', email: 'jenny@firm.example' })
  const said = ["I'm jenny", 'mail jenny@firm.example or call +31 6 1234 5678', 'a [bracket]\nand a line']
  for (const text of said) {
    jenny.send(text)
    await cli.notice('attempt', ({ status }) => status === 200)
    const answered = cli.notice(
      'delivery',
      ({ own, text: heard }) => own === true && heard?.startsWith(`You said: ${text.slice(0, 4)}`) === true,
    )
    platform.post(jenny.conversation, { role: 'agent', text: `You said: ${text}` })
    await answered
  }
  cli.kill('SIGINT')
  await cli.ended
  return { ...recorded, conversation: jenny.conversation }
}

const TRANSCRIPT = `Robin Doe: I'm Robin
Bot: You said: I'm Robin
Robin Doe: mail person1@example.com or call +15550100001
Bot: You said: mail person1@example.com or call +15550100001
Robin Doe: a \\[bracket]
  | and a line
Bot: You said: a \\[bracket]
  | and a line
`

describe('dev-hook events export of a conversation', () => {
  it('is a transcript without personal data, and lists what was replaced', async () => {
    const { run, conversation } = await recorded()
    const { code, stdout, stderr } = await run(['events', 'export', conversation.slice(0, 8), '--as', 'transcript'])
    expect(stdout.replace(/ {2}.*\/assign\n/, '')).toBe(TRANSCRIPT)
    expect(stderr).toContain('name: Jenny Jones → Robin Doe\n')
    expect(stderr).toContain('e-mail address: jenny@firm.example → person1@example.com\n')
    expect(stderr).toContain('telephone number: +31 6 1234 5678 → +15550100001\n')
    expect(code).toBe(0)
    const whole = await run(['events', 'export', '--last', '--as', 'transcript', '--no-redact'])
    expect(whole.stdout).toContain("Jenny Jones: I'm jenny\n")
    expect(whole.stderr).toBe('with personal data, as asked (`--no-redact`)\n')
  })

  it('is a fixture, a transcript or an HTML file that a bot can be played, and a test that passes against it', async () => {
    const { run, env, conversation } = await recorded()
    const cwd = await folderForTest()
    await mkdir(join(cwd, 'node_modules'))
    await symlink(ROOT, join(cwd, 'node_modules', 'dev-hook'), 'junction')
    await mkdir(join(cwd, 'talks'))
    for (const form of ['fixture', 'transcript', 'html']) {
      const { stdout } = await run(['events', 'export', conversation, '--as', form])
      expect(stdout).not.toMatch(/jenny|firm|\b1234/i)
      await writeFile(join(cwd, 'talks', form), stdout)
    }
    const command = [process.execPath, ECHO_BOT]
    const args = ['sandbox', '--play', 'talks']
    const played = await startCli({ args, env: { PORT: String(await freePort()) }, cwd, command })
    expect((await played.ended).stdout).toContain('all 3 conversations are as they were recorded')

    const exporting = ['events', 'export', conversation, '--as', 'test', '--runner', 'node']
    const { stdout: test } = await (await startCli({ args: exporting, env, command })).ended
    const file = join(cwd, 'talk.test.mjs')
    await writeFile(file, test)
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', file], { cwd })
    expect(stdout).toMatch(/pass 1$/m)
  })
})
