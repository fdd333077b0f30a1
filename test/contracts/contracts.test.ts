// Every stand-in for a room has a contract test that it passes beside the real one.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import * as fakes from '../support/daemon/fakes.ts'

it('is kept by each fake: `createFakeQueue` by the test of the queue, and so on', () => {
  const names = Object.keys(fakes).flatMap((name) => /^createFake(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? [])
  expect(names.length).toBeGreaterThan(1)
  const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.test.ts`, import.meta.url))
  expect(names.filter((name) => !existsSync(pathOf(name)))).toEqual([])
})
