// What is left alone by the watcher.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readIgnored } from '../../src/watch/ignored.ts'

async function ignoredIn(
  gitignore: string | null,
  paths: readonly string[] = ['.'],
  also: readonly string[] = [],
  left: readonly string[] = [],
) {
  const root = await mkdtemp(join(tmpdir(), 'dev-hook-ignored-'))
  onTestFinished(() => rm(root, { recursive: true }))
  if (gitignore !== null) await writeFile(join(root, '.gitignore'), gitignore)
  const { isIgnored } = await readIgnored(
    root,
    paths.map((path) => join(root, path).replace(/\/$/, '')),
    also.map((path) => join(root, path)),
    left.map((path) => join(root, path)),
  )
  return (path: string, isFolder = false) => isIgnored(join(root, path), isFolder)
}

describe('What is ignored', () => {
  it('.git and node_modules are left alone wherever they are', async () => {
    const ignored = await ignoredIn(null)
    for (const path of ['.git', 'node_modules', 'a/node_modules', 'a/node_modules/b/c.js', '.git/HEAD']) {
      expect(ignored(path), path).toBe(true)
    }
    for (const path of ['', 'bot.js', '.gitignore', 'my_node_modules/a.js', '.env'])
      expect(ignored(path), path).toBe(false)
  })

  it('what an editor makes beside a file for the moment of its save is left alone', async () => {
    const ignored = await ignoredIn(null)
    const scratch = [
      '4913',
      '.#bot.js',
      '#bot.js#',
      'bot.js___jb_tmp___',
      'bot.js___jb_old___',
      '.goutputstream-AB12C3',
    ]
    for (const name of scratch) {
      expect(ignored(name), name).toBe(true)
      expect(ignored(`src/${name}`), name).toBe(true)
    }
    for (const path of ['4913.js', 'a#b.js', '.env', 'src/jb_tmp.js']) expect(ignored(path), path).toBe(false)
  })

  it('a folder in which dev-hook itself writes is left alone, with what is in it', async () => {
    const ignored = await ignoredIn(null, ['.', 'state/kept'], [], ['state'])
    for (const path of ['state', 'state/b1/lock', 'state/kept']) expect(ignored(path), path).toBe(true)
    for (const path of ['', 'bot.js', 'state.js', 'a/state/b.js']) expect(ignored(path), path).toBe(false)
  })

  it('what .gitignore names is left alone, folders and what is in them too', async () => {
    const ignored = await ignoredIn('# built\ndist/\n*.log\n!keep.log\n/data\n')
    expect(ignored('dist', true)).toBe(true)
    expect(ignored('dist')).toBe(false)
    expect(ignored('src/dist/a.js')).toBe(true)
    expect(ignored('a/b.log')).toBe(true)
    expect(ignored('keep.log')).toBe(false)
    expect(ignored('data')).toBe(true)
    expect(ignored('src/data')).toBe(false)
  })

  it('logs and databases are left alone, unless they are listed or .gitignore overrides it', async () => {
    const ignored = await ignoredIn('!kept.db\n', ['.', 'listed.log'])
    for (const path of ['bot.log', 'a/b.db', 'a/b.db-wal', 'x.sqlite3']) expect(ignored(path), path).toBe(true)
    for (const path of ['kept.db', 'listed.log', 'dbs.js']) expect(ignored(path), path).toBe(false)
  })

  it('what is listed is watched whatever .gitignore says, with all that is in it', async () => {
    const ignored = await ignoredIn('.env\ndist/\n*.map\n', ['dist'], ['.env', 'config/a.json'])
    expect(ignored('.env')).toBe(false)
    expect(ignored('dist', true)).toBe(false)
    expect(ignored('dist/a.js')).toBe(false)
    expect(ignored('dist/node_modules', true)).toBe(true)
    expect(ignored('config', true)).toBe(false)
    expect(ignored('config/a.json')).toBe(false)
    expect(ignored('config/b.json')).toBe(true)
    expect(ignored('bot.js')).toBe(true)
  })

  it('a listed place outside of the root is watched', async () => {
    const ignored = await ignoredIn('*.js\n', ['.', '../elsewhere'])
    expect(ignored('../elsewhere/a.js')).toBe(false)
    expect(ignored('../elsewhere/node_modules')).toBe(true)
    expect(ignored('a.js')).toBe(true)
  })
})
