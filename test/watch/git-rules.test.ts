// What git ignores, with git itself as the oracle.
import { execFile, spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { readGitRules } from '../../src/watch/git-rules.ts'
import { createForwardClock } from '../support/fake-clock.ts'
import { folderForTest } from '../support/folder.ts'
import { eventually } from '../support/wait.ts'
import { projectForTest, put, watchForTest } from '../support/watched-folder.ts'

const git = (cwd: string, ...args: string[]) => promisify(execFile)('git', args, { cwd })

const PATHS = [
  'bot.js', 'Bot.JS', 'debug.log', 'keep.log', 'dist/a.js', 'dist/keep/b.js', 'build', 'src/build/x.js', 'src/a.js',
  'src/a.test.js', 'src/deep/b.js', 'src/deep/data/c.json', 'src/gen/d.ts', 'data/c.json', 'data/keep.json',
  'packages/bot/src/a.js', 'packages/bot/dist/out.js', 'packages/bot/.cache/x', 'packages/bot/tmp/y', 'packages/web/dist/z.js',
  'a b/c d.txt', '#hash.txt', '!bang.txt', 'trailing ', 'x[1].js', 'x1.js', 'foo/bar/baz/qux.js', 'foo/baz.js', 'ünï.txt',
  'one/two/three/four.md', 'secret.env', '.env', 'sub/.env', 'sub/*star', 'sub/star',
] // biome-ignore format: one list

/** Creates a repository with these files of rules, and asks git which of the paths it ignores. */
async function repository(files: Readonly<Record<string, string>>, config: readonly string[] = []): Promise<string> {
  const root = await folderForTest()
  await git(root, 'init', '-q')
  for (const pair of config) await git(root, 'config', ...pair.split('='))
  for (const [path, text] of Object.entries(files)) await put(join(root, path), text)
  for (const path of PATHS) if (path !== 'build') await put(join(root, path), '')
  return root
}

async function ignoredByGit(root: string): Promise<readonly string[]> {
  const child = spawn('git', ['check-ignore', '--no-index', '-z', '--stdin'], { cwd: root })
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stdin.end(PATHS.join('\0'))
  await new Promise((resolve) => child.once('close', resolve))
  return out
    .split('\0')
    .filter((path) => path !== '')
    .sort()
}

describe.runIf(process.platform !== 'win32')('What is ignored is what git ignores', () => {
  it.each<[string, Readonly<Record<string, string>>, (readonly string[])?]>([
    ['the plain forms', { '.gitignore': '# built\ndist/\n*.log\n!keep.log\n/data\nbuild\n' }],
    ['a byte order mark and CRLF', { '.gitignore': '\uFEFFdist/\r\n*.log\r\n' }],
    ['escapes and spaces', { '.gitignore': '\\#hash.txt\n\\!bang.txt\ntrailing\\ \na\\ b/\nx[1].js\nsub/\\*star\n' }],
    ['stars', { '.gitignore': 'foo/**/qux.js\n**/baz.js\none/**\nsrc/*/b.js\n?1.js\n' }],
    ['everything but something', { '.gitignore': '*\n!src/\n!src/a.js\n!*.md\n' }],
    ['a folder that is excluded cannot be entered again', { '.gitignore': 'dist/\n!dist/keep/\n!dist/keep/b.js\n' }],
    ['nested files', { '.gitignore': '*.json\n', 'src/.gitignore': 'gen\n/a.js\n', 'data/.gitignore': '!keep.json\n' }],
    [
      'nested files that contradict each other',
      {
        '.gitignore': 'dist/\ntmp/\n',
        'packages/bot/.gitignore': '!dist/\n.cache/\n',
        'packages/.gitignore': '!tmp/\n*.js\n',
      },
    ],
    ['nested files with odd names around them', { 'a b/.gitignore': '*.txt\n', 'sub/.gitignore': '\\*star\n.env\n' }],
    ['info/exclude', { '.git/info/exclude': '*.md\nsecret.env\n', '.gitignore': '!secret.env\n' }],
    ['letters of either case', { '.gitignore': 'bot.js\nDIST/\n' }, ['core.ignorecase=true']],
    ['letters of one case', { '.gitignore': 'bot.js\nDIST/\n' }, ['core.ignorecase=false']],
    ['a file of the user', { mine: '*.md\n' }, ['core.excludesFile=mine']],
  ])('%s', async (_, files, config) => {
    const root = await repository(files, config)
    const expected = await ignoredByGit(root)
    for (const from of ['', 'packages/bot', 'src/deep']) {
      const rules = await readGitRules(join(root, from), [])
      for (const path of Object.keys(files))
        if (path.endsWith('.gitignore')) await rules.readFolder(join(root, dirname(path)))
      const below = PATHS.filter((path) => path.startsWith(from === '' ? '' : `${from}/`))
      // A folder that is ignored itself is another story, told below.
      if (from !== '' && below.every((path) => expected.includes(path))) continue
      const found = below.filter((path) => rules.frozen()(join(root, path), path === 'build'))
      expect(found.sort(), from).toEqual(expected.filter((path) => below.includes(path)))
    }
  })

  it('in a folder that git ignores itself, only the rules from there on count', async () => {
    const root = await folderForTest()
    await put(join(root, '.gitignore'), 'scratch/\n*.md\n')
    await put(join(root, 'scratch/bot/.gitignore'), '*.txt\n')
    await git(root, 'init', '-q')
    const rules = await readGitRules(join(root, 'scratch/bot'), [])
    const at = (name: string): string => join(root, 'scratch/bot', name)
    expect(['a.js', 'a.md', 'a.txt'].filter((name) => rules.frozen()(at(name), false))).toEqual(['a.txt'])
  })

  it('of a worktree is what its repository excludes', async () => {
    const root = await repository({ 'a.txt': '' })
    await git(root, 'add', 'a.txt')
    await git(root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', '1')
    const tree = join(await folderForTest(), 'tree')
    await git(root, 'worktree', 'add', '-q', tree)
    await put(join(root, '.git/info/exclude'), '*.md\n')
    const rules = await readGitRules(tree, [])
    expect(rules.frozen()(join(tree, 'x.md'), false)).toBe(true)
  })
})

describe('A change of what git ignores', () => {
  it('is in use at once, and restarts nothing by itself', async () => {
    const root = await projectForTest()
    await mkdir(join(root, '.git'))
    const clock = createForwardClock()
    const { save, settle, reported, forget } = await watchForTest(root, { clock })
    await save('src/gen/a.ts')
    await eventually(() => reported().includes('src/gen/a.ts'))
    forget()
    await save('src/.gitignore', 'gen/\n')
    await settle()
    await save('src/gen/a.ts')
    await save('src/gen/b.ts')
    await save('src/a.js')
    await settle()
    expect(reported()).toEqual(['src/a.js'])
    forget()
    await rm(join(root, 'src/.gitignore'))
    await settle()
    await clock.skip(1_300)
    await settle()
    expect(reported()).toEqual([])
    await save('src/gen/a.ts')
    await eventually(() => reported().includes('src/gen/a.ts'))
  })

  it('above the working folder, and in info/exclude, is in use too', async () => {
    const root = await projectForTest()
    const above = join(root, '../..')
    await mkdir(join(above, '.git/info'), { recursive: true })
    const { save, settle, reported } = await watchForTest(root)
    await put(join(above, '.gitignore'), 'one.js\n')
    await put(join(above, '.git/info/exclude'), 'two.js\n')
    const isUsed = async (): Promise<boolean> => {
      await settle()
      const before = reported().length
      await save(`one.js`)
      await save(`two.js`)
      await settle()
      return reported().length === before
    }
    await eventually(isUsed)
  })
})
