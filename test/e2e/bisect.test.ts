// A bisection of a made history: thirty commits, among them some with other packages, and some at which the bot cannot start.
import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Cli, type CliEnd, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'

const BOT = (greeting: string): string => `
  const { name } = require('greeting')
  const say = (to, text) => fetch(process.env.APIHOST + '/v2/conversations/' + to + '/messages', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + process.env.TOKEN, 'content-type': 'application/json' },
    body: JSON.stringify({ text, role: 'agent' }),
  })
  require('http').createServer(async (request, answer) => {
    const { data } = JSON.parse(Buffer.concat(await request.toArray()) || '{}')
    if (data?.message.role === 'contact') await say(data.conversation.id, '${greeting} ' + name)
    answer.end()
  }).listen(process.env.PORT)
`
const TALK = 'Jenny: hi\nBot: Hello there\n'

interface History {
  readonly cwd: string
  git(...args: readonly string[]): Promise<string>
  commit(files: Readonly<Record<string, string>>, message: string): Promise<string>
}

async function repository(): Promise<History> {
  const cwd = await folderForTest()
  const own = ['-c', 'user.name=Robin', '-c', 'user.email=robin@example.com', '-c', 'commit.gpgsign=false']
  const git = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)('git', [...own, ...args], { cwd })).stdout.trim()
  await git('init', '--quiet', '--initial-branch=main')
  return {
    cwd,
    git,
    commit: async (files, message) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(join(cwd, name, '..'), { recursive: true })
        await writeFile(join(cwd, name), text)
      }
      await git('add', '--all')
      await git('commit', '--quiet', '--allow-empty', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}

/** The package that the bot greets with, as npm locks one that lies in the repository. */
const packages = (version: string, name = 'there'): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({ name: 'bot', dependencies: { greeting: 'file:greeting' } }),
  'greeting/package.json': JSON.stringify({ name: 'greeting', version, main: 'index.js' }),
  'greeting/index.js': `exports.name = '${name}'`,
  'package-lock.json': JSON.stringify({
    name: 'bot',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'bot', dependencies: { greeting: 'file:greeting' } },
      greeting: { version },
      'node_modules/greeting': { resolved: 'greeting', link: true },
    },
  }),
})

/** Thirty commits: other packages at 5, 12 and 20, a bot that cannot start at 13 and 14, another answer from 17 on. */
async function thirty(): Promise<History & { readonly ids: readonly string[] }> {
  const history = await repository()
  const ids: string[] = []
  for (let n = 0; n < 30; n += 1) {
    const bot = BOT(n < 17 ? 'Hello' : 'Hi')
    const files = {
      ...(n === 0 && { ...packages('1.0.0'), '.gitignore': 'node_modules\n.env\n' }),
      ...([5, 12, 20].includes(n) && packages(`1.0.${n}`)),
      'bot.js': n === 13 || n === 14 ? 'throw new Error("not today")' : `// ${n}\n${bot}`,
    }
    ids.push(await history.commit(files, `Commit ${n}`))
  }
  return { ...history, ids }
}

async function start(cwd: string, ...args: readonly string[]): Promise<Cli> {
  await writeFile(join(cwd, 'talk.txt'), TALK)
  return startCli({ args: ['bisect', 'talk.txt', ...args], cwd, command: [process.execPath, 'bot.js'] })
}

const bisected = async (cwd: string, ...args: readonly string[]): Promise<CliEnd> => (await start(cwd, ...args)).ended

describe('dev-hook bisect', () => {
  it('finds the commit in a history with other packages and a bot that cannot always start, and leaves everything alone', {
    timeout: 240_000,
  }, async () => {
    const { cwd, git, ids } = await thirty()
    await writeFile(join(cwd, 'stashed.txt'), 'stashed')
    await git('add', '--all')
    await git('stash', '--quiet')
    await writeFile(join(cwd, 'bot.js'), 'a change that is not saved yet')
    await writeFile(join(cwd, 'staged.txt'), 'staged')
    await git('add', 'staged.txt')
    await writeFile(join(cwd, 'talk.txt'), TALK)
    const look = (): Promise<readonly string[]> =>
      Promise.all([
        git('status', '--porcelain'),
        git('rev-parse', 'HEAD'),
        git('stash', 'list'),
        git('worktree', 'list'),
        git('diff'),
      ])
    const before = await look()

    const { code, stdout, stderr } = await bisected(cwd, '--good', ids[0] ?? '', '--bad', 'main')
    expect(stdout).toContain(
      `${ids[17]?.slice(0, 7)} Commit 17 is the first commit at which the bot answers differently\n`,
    )
    expect(stdout).toContain('      Jenny: hi\n    - Bot: Hello there\n    + Bot: Hi there\n')
    expect(stderr).toContain('Commit 0: as recorded\n')
    expect(stderr).toMatch(/– \w{7} Commit 14: skipped \(the bot crashed/)
    expect(code).toBe(0)
    expect(await look()).toEqual(before)
    expect(await readdir(cwd)).not.toContain('node_modules')
  })

  it('looks for a good commit by itself, and tells programs what it finds', async () => {
    const { cwd, commit } = await repository()
    const good = await commit({ ...packages('1.0.0'), 'bot.js': BOT('Hello') }, 'Good')
    await commit({ 'bot.js': BOT('Hi') }, 'Bad')
    await commit({ 'other.txt': '' }, 'Bad as well')
    const { code, stdout } = await bisected(cwd, '--json')
    const notices = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect(notices.at(-1)).toMatchObject({
      type: 'bisected',
      commit: { subject: 'Bad', author: 'Robin', isMerge: false },
      before: { commit: good, transcript: 'Jenny: hi\nBot: Hello there' },
      after: { transcript: 'Jenny: hi\nBot: Hi there' },
      played: 3,
      skipped: 0,
    })
    expect(code).toBe(0)
  })

  it('names all that it may be where those between cannot start, and ends with 1', async () => {
    const { cwd, commit } = await repository()
    await commit({ ...packages('1.0.0'), 'bot.js': BOT('Hello') }, 'Good')
    const broken = await commit({ 'bot.js': 'throw new Error("not today")' }, 'Broken')
    const bad = await commit({ 'bot.js': BOT('Hi') }, 'Bad')
    const { code, stdout } = await bisected(cwd)
    expect(stdout).toContain(`  ${broken.slice(0, 7)} Broken\n  ${bad.slice(0, 7)} Bad\n`)
    expect(code).toBe(1)
  })

  it('refuses what there is nothing to find in, and says why', async () => {
    const { cwd, git, commit } = await repository()
    const good = await commit({ ...packages('1.0.0'), 'bot.js': BOT('Hello') }, 'Good')
    const bad = await commit({ 'bot.js': BOT('Hi') }, 'Bad')
    const elsewhere = await folderForTest()
    const refused = async (where: string, ...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await bisected(where, ...args)
      expect(code).toBe(2)
      return stderr
    }
    expect(await refused(elsewhere)).toContain('is not in a git repository')
    expect(await refused(cwd, '--good', 'nowhere')).toContain('`nowhere` (--good) is not a commit of this repository')
    expect(await refused(cwd, '--good', bad, '--bad', good)).toContain('is not an ancestor of')
    expect(await refused(cwd, '--bad', good)).toContain('(--bad) the bot does what was recorded')
    expect(await refused(cwd, '--good', bad)).toContain('--good and --bad are the same commit')
    await commit({ 'other.txt': '' }, 'Bad as well')
    expect(await refused(cwd, '--good', bad)).toContain('(--good) the bot answers differently already')
    expect(await git('worktree', 'list')).not.toContain('\n')
  })

  it('cleans up when it is cut short', async () => {
    const { cwd, git } = await thirty()
    const cli = await start(cwd)
    await eventually(async () => (await git('worktree', 'list')).includes('\n'))
    cli.kill('SIGINT')
    const { code, stderr } = await cli.ended
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('the bisection was cut short') })
    expect(await git('worktree', 'list')).not.toContain('\n')
    expect(await processesOf(cli.home)).toEqual([])
  })
})
