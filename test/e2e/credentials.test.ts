// Who is given which credentials: the bot what it needs to answer, every other process of a run none.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { processesOf } from '../support/processes.ts'
import { worldForTest } from '../support/world.ts'

describe('The credentials of a run', () => {
  it('let a bot answer whose own token is refused, and refresh it later by itself', async () => {
    const { platform, env } = await worldForTest()
    const cwd = await folderForTest()
    await writeFile(join(cwd, '.env'), `TOKEN=${platform.token}\nREFRESH_TOKEN=${platform.refreshToken}\n`)
    const { TOKEN: _, REFRESH_TOKEN: __, EMAIL: ___, ...others } = env
    platform.expireTokens()
    const command = [process.execPath, ECHO_BOT]
    const cli = await startCli({ args: ['--json', '--take-over'], cwd, env: others, command })
    await cli.notice('ready')
    const jenny = await platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    platform.expireTokens()
    expect((await jenny.say('again')).text).toBe('You said: again')
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
  })

  // The environment of other processes is readable on Linux only.
  it.runIf(process.platform === 'linux')('are in the environment of no process that does not need them', async () => {
    const { start, env } = await worldForTest()
    const cli = await start({ env: { SECRET: 'the secret of the shell', AWS_SECRET_ACCESS_KEY: 'not ours' } })
    await cli.notice('ready')
    const processes = (await processesOf(cli.home)).filter(({ pid }) => pid !== cli.pid)
    const environments = await Promise.all(
      processes.map(async ({ pid, command }) => ({ command, text: await readFile(`/proc/${pid}/environ`, 'utf8') })),
    )
    const of = (part: string): string => environments.find(({ command }) => command.includes(part))?.text ?? ''
    for (const part of ['ngrok/child', 'watchdog/child']) {
      expect(of(part)).toContain(`HOME=${cli.home}`)
      expect(of(part)).not.toMatch(/TOKEN=|SECRET|EMAIL=/)
    }
    const bot = of('echo-bot')
    expect(bot).toContain(`TOKEN=${env['TOKEN']}`)
    expect(bot).not.toContain('NGROK_AUTHTOKEN')
  })
})
