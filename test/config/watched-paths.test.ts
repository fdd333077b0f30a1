// What `--watch` may be given.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Config, loadConfig } from '../../src/config/load.ts'
import type { Options } from '../../src/config/options.ts'
import { folderForTest } from '../support/folder.ts'

let cwd: string
beforeEach(async () => {
  cwd = await folderForTest()
  await mkdir(join(cwd, 'src'))
  await mkdir(join(cwd, 'a,b'))
  await writeFile(join(cwd, 'bot.js'), '')
})

const load = (given: Record<string, unknown>, env: Record<string, string> = {}): Promise<Config> =>
  loadConfig(given as Options, { cwd, env, platform: 'linux', sourceOf: (key) => `--${key}` })

describe('What is watched', () => {
  it.each([
    ['true', ['.']],
    ['1', ['.']],
    ['on', ['.']],
    ['false', false],
    ['0', false],
    ['No', false],
    ['src', ['src']],
    ['./src/,bot.js', ['./src/', 'bot.js']],
    ['a,b', ['a,b']],
    ['src,not-there-yet', ['src', 'not-there-yet']],
  ])('is a path or a switch: DEV_HOOK_WATCH=%s', async (given, expected) => {
    expect((await load({}, { DEV_HOOK_WATCH: given })).watch).toEqual(expected)
  })

  it.each([true, false])('may be %s in a config file', async (given) => {
    await writeFile(join(cwd, 'dev-hook.config.json'), JSON.stringify({ watch: given }))
    expect((await load({})).watch).toEqual(given ? ['.'] : false)
  })

  it.each([
    ['srcc', 'watch srcc (from --watch) is neither a file nor a folder; did you mean src?'],
    ['missing.js,~/elsewhere', 'watch missing.js,~/elsewhere (from --watch) is neither a file nor a folder'],
    ['src/**/*.ts', 'watch src/**/*.ts (from --watch) contains src/**/*.ts, which is a pattern; name the folder'],
  ])('is not %s, which would watch nothing', async (given, expected) => {
    await expect(load({ watch: given })).rejects.toThrow(expected)
  })

  it.each([
    [{ CHOKIDAR_USEPOLLING: '1' }, true],
    [{ CHOKIDAR_USEPOLLING: 'true', DEV_HOOK_POLL: 'false' }, false],
    [{}, false],
  ])('is polled when %j says so: %s', async (env, expected) => {
    expect((await load({}, env)).poll).toBe(expected)
  })
})
