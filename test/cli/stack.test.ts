// The stack that `--verbose` prints, as a user meets it: from the bundle, in the lines of the sources.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { inSources } from '../../src/cli/source-lines.ts'
import { builtFile, MAIN } from '../support/built.ts'

const PROJECT = fileURLToPath(new URL('../..', import.meta.url))

/** What a failing command prints. */
async function failing(...args: readonly string[]): Promise<string> {
  const { stderr } = await promisify(execFile)(process.execPath, [...args, MAIN, 'events', '--nope', '--verbose']).then(
    () => ({ stderr: '' }),
    (failed: { readonly stderr: string }) => failed,
  )
  return stderr
}

/** The text of the line that the first place of a stack names, below a folder of sources. */
async function firstLine(stack: string): Promise<string> {
  const [, path = '', line = ''] = /^ +at .*[ (/](src\/[^:]+):(\d+):\d+\)?$/m.exec(stack) ?? []
  const text = await readFile(join(PROJECT, path), 'utf8')
  return text.split('\n')[Number(line) - 1] ?? ''
}

describe('A stack of the bundle', () => {
  it('is printed in the lines of the sources, those of what is bundled too', async () => {
    const stack = await failing()
    expect(await firstLine(stack)).toContain('new DevHookError(')
    expect(stack).toMatch(/^ +at Command\..+ \(dev-hook\/node_modules\/commander\/lib\/command\.js:\d+:\d+\)$/m)
    expect(stack).not.toContain('dist/')
  })

  it('is the same where Node reads the maps itself', async () => {
    expect(await firstLine(await failing('--enable-source-maps'))).toContain('new DevHookError(')
  })

  it('stays as it is where there is no map, and where a text only looks like a place', () => {
    const lines = [
      `Error: cannot read (file://elsewhere/a.js:1:2)`,
      `    at file://${'/'}:1:1`,
      `    at a (${builtFile('dist/chunks/none.cjs')}:1:1)`,
      '    at b (node:internal/process/task_queues:95:5)',
      '    at /a/b.js:1:99999999',
    ]
    expect(inSources(lines.join('\n'))).toBe(lines.join('\n'))
  })
})
