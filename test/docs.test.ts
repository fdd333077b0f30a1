// What is written about the tables is what the tables say. `npm run docs` writes it anew.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../src/core/errors.ts'
import {
  chaosTable,
  childEnvironmentList,
  configSchema,
  errorTable,
  eventTable,
  exitTable,
  factTable,
  keyTable,
  optionTable,
  permissionTable,
  stopOrderTable,
} from './support/docs.ts'
import { llmsText } from './support/llms.ts'

/** The tables of each page, by the name of the comment around them. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string | Promise<string>>>>> = {
  'README.md': { options: optionTable, errors: errorTable, exits: exitTable, chaos: chaosTable, keys: keyTable },
  'CONTRIBUTING.md': {
    'stop-order': stopOrderTable,
    permissions: permissionTable,
    facts: factTable,
    events: eventTable,
  },
  'SECURITY.md': { 'child-environment': childEnvironmentList },
}

describe('The documentation', () => {
  it.each(Object.entries(PAGES))('has in the tables of %s what the code says', async (page, tables) => {
    let expected = await readFile(new URL(`../${page}`, import.meta.url), 'utf8')
    for (const [name, table] of Object.entries(tables)) {
      const rows = await table()
      const between = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
      expect(expected).toMatch(between)
      expected = expected.replace(between, (_, before: string, after: string) => `${before}${rows}\n${after}`)
    }
    await expect(expected).toMatchFileSnapshot(`../${page}`)
  })

  it('of the config file is a schema made from the options', async () => {
    await expect(configSchema()).toMatchFileSnapshot('../config/dev-hook.schema.json')
  })

  it('for language models is made from the commands, the options, and what coding agents are told', async () => {
    await expect(llmsText()).toMatchFileSnapshot('../llms.txt')
  })

  it.each(Object.keys(PAGES))('names in %s only files that exist', async (page) => {
    const root = new URL('../', import.meta.url)
    const text = await readFile(new URL(page, root), 'utf8')
    const named = [...text.matchAll(/`((?:src|test|config)\/[\w./-]+)`/g)].map(([, path]) => path ?? '')
    expect(named.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
  })

  it('names every error code once', () => {
    const codes = Object.values(ERRORS).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})
