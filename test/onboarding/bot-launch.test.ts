import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findCommandLine } from '../../src/onboarding/bot-launch.ts'
import { readManifest } from '../../src/onboarding/manifest.ts'
import { folderForTest } from '../support/folder.ts'

interface Given {
  readonly manifest?: object
  readonly files?: readonly string[]
  readonly entry?: string
  readonly readsTypes?: boolean
}

async function commandOf({ manifest, files = [], entry, readsTypes = false }: Given): Promise<string | null> {
  const cwd = await folderForTest()
  for (const file of files) {
    await mkdir(dirname(join(cwd, file)), { recursive: true })
    await writeFile(join(cwd, file), '')
  }
  const read = manifest === undefined ? null : readManifest(JSON.stringify(manifest))
  return findCommandLine({ cwd, manifest: read, entry: entry ?? null, manager: 'pnpm', readsTypes })
}

const scripts = (all: Readonly<Record<string, string>>) => ({ scripts: all })
const TSX = { devDependencies: { tsx: '4' } }

describe('The command that starts a bot', () => {
  it.each<[string, Given, string | null]>([
    ['is none where there is nothing', {}, null],
    ['is none for a file that is not there', { manifest: scripts({ start: 'node index.js' }) }, null],
    ['is none for one that a shell starts', { manifest: scripts({ start: 'NODE_ENV=x node index.js' }) }, null],
    ['is its script', { manifest: scripts({ start: 'node index' }), files: ['index.js'] }, 'node index'],
    [
      'is that for development rather than what is built',
      {
        manifest: scripts({ start: 'node dist/index.js', dev: 'tsx watch src/index.ts' }),
        files: ['dist/index.js', 'src/index.ts'],
      },
      'tsx src/index.ts',
    ],
    [
      'is what runs the source, where the script runs what is built',
      {
        manifest: { ...scripts({ start: 'node dist/index.js' }), ...TSX },
        files: ['dist/index.js'],
        entry: 'src/index.ts',
      },
      'tsx src/index.ts',
    ],
    [
      'is what is built where there is nothing else',
      { manifest: scripts({ start: 'node dist/a.js' }), files: ['dist/a.js'] },
      'node dist/a.js',
    ],
    [
      'is a whole script of the package manager',
      { manifest: scripts({ start: 'tsc && node dist/a.js' }) },
      'pnpm start',
    ],
    [
      'is not a script that starts dev-hook',
      { manifest: scripts({ start: 'dev-hook -- node a.js' }), files: ['a.js'] },
      null,
    ],
    ['is Node with the main file', { entry: 'bot.mjs' }, 'node bot.mjs'],
    ['is tsx for TypeScript', { entry: 'bot.ts' }, 'npx tsx bot.ts'],
    ['is Node for TypeScript where that reads it', { entry: 'bot.ts', readsTypes: true }, 'node bot.ts'],
  ])('%s', async (_, given, command) => {
    expect(await commandOf(given)).toBe(command)
  })
})
