// The script for teams that the README shows, in a fresh clone and a clean home, with nobody to ask.

import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ECHO_BOT } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { execute, openPackage, type PackageForTest, PROJECT } from '../support/package/package.ts'
import { worldForTest } from '../support/world.ts'

let packed: PackageForTest

beforeAll(async () => {
  packed = await openPackage()
})
afterAll(() => packed.remove())

async function scriptOfTheReadme(): Promise<string> {
  const readme = await readFile(join(PROJECT, 'README.md'), 'utf8')
  const [, script] = /```sh\n(#!\/bin\/sh\n# scripts\/onboard\.sh\n.+?)```/s.exec(readme) ?? []
  if (script === undefined) throw new Error('the README shows no script')
  return script
}

/** A clone of a team's bot: with a lock file, without what is installed. */
async function cloneForTest(): Promise<string> {
  const folder = await folderForTest()
  await mkdir(join(folder, 'scripts'))
  await writeFile(join(folder, 'scripts/onboard.sh'), await scriptOfTheReadme())
  await copyFile(ECHO_BOT, join(folder, 'bot.js'))
  const manifest = {
    private: true,
    type: 'module',
    scripts: { dev: 'dev-hook -- node bot.js' },
    dependencies: { chipchat: '^0.7.4' },
    devDependencies: { 'dev-hook': `file:${packed.tarball}` },
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'dev-hook.config.json'), JSON.stringify({ port: await freePort(), tunnel: 'ngrok' }))
  await execute('npm', ['install', '--package-lock-only'], { cwd: folder })
  return folder
}

/** What the clone holds for git and for its owner. */
const contentOf = (folder: string) =>
  Promise.all(
    ['package.json', 'package-lock.json', 'dev-hook.config.json', '.gitignore', '.env'].map((name) =>
      readFile(join(folder, name), 'utf8').catch(() => null),
    ),
  )

describe.runIf(process.platform !== 'win32')('The onboarding script', () => {
  it('brings a clone without any secret to a bot that answers, says what is missing, and changes nothing the second time', async () => {
    const folder = await cloneForTest()
    const env = { PATH: process.env['PATH'], HOME: await folderForTest() }
    const run = () => execute('sh', ['scripts/onboard.sh'], { cwd: folder, env })

    const first = await run()
    expect(first.stdout).toMatch(/^You said: hi$/m)
    expect(first.stderr + first.stdout).toContain('copy the bot')
    expect(first.stdout).toContain('Put what is missing into .env')
    const content = await contentOf(folder)

    const second = await run()
    expect(second.stdout).toMatch(/^You said: hi$/m)
    expect(await contentOf(folder)).toEqual(content)
  })

  it('says that all is well once the secrets are there, and keeps them for their owner alone', async () => {
    const folder = await cloneForTest()
    const world = await worldForTest()
    const { PORT: _, ...secrets } = world.env
    const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
    await writeFile(join(folder, '.env'), lines.join(''))
    // Node itself reads it, and not from `.env`.
    const { NODE_EXTRA_CA_CERTS } = world.env
    const env = { PATH: process.env['PATH'], HOME: await folderForTest(), NODE_EXTRA_CA_CERTS }
    const run = () => execute('sh', ['scripts/onboard.sh'], { cwd: folder, env })

    const first = await run()
    expect(first.stdout).toContain('Ready: npm run dev')
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toContain('.env')
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    const content = await contentOf(folder)
    await rm(env.HOME, { recursive: true })
    await mkdir(env.HOME)
    expect((await run()).stdout).toContain('Ready: npm run dev')
    expect(await contentOf(folder)).toEqual(content)
    for (const secret of [world.platform.token, world.platform.refreshToken, world.edge.authtoken])
      expect(first.stdout + first.stderr).not.toContain(secret)
  })
})
