// Every stand-in for a part of dev-hook has a contract test that it passes beside the real one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

describe('A contract', () => {
  it('is kept by each fake: by `createFakeQueue` in the test of the queue, and so on', () => {
    const support = pathOf('../support')
    const names = readdirSync(support, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(support, path), 'utf8'))
      .flatMap((text) =>
        [...text.matchAll(/^export (?:async )?function createFake(\w+)/gm)].map(([, name]) => name ?? ''),
      )
      // Not a part, but a run of the real daemon whose parts do nothing of their own.
      .filter((name) => name !== 'Run')
    expect(names.length).toBeGreaterThan(3)
    expect(names.filter((name) => !existsSync(pathOf(`${name.toLowerCase()}.test.ts`)))).toEqual([])
  })
})
