// What is written about the tables is what the tables say. `npm run docs` writes it anew.
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { ERRORS } from '../src/core/errors.ts'
import { configSchema, errorTable, exitTable, optionTable } from './support/docs.ts'

const TABLES = { options: optionTable, errors: errorTable, exits: exitTable }

describe('The documentation', () => {
  it('of options, errors and exit codes in the README is what the code says', async () => {
    const file = new URL('../README.md', import.meta.url)
    let expected = await readFile(file, 'utf8')
    for (const [name, table] of Object.entries(TABLES)) {
      const between = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`)
      expect(expected).toMatch(between)
      expected = expected.replace(between, (_, before: string, after: string) => `${before}${table()}\n${after}`)
    }
    await expect(expected).toMatchFileSnapshot('../README.md')
  })

  it('of the config file is a schema made from the options', async () => {
    await expect(configSchema()).toMatchFileSnapshot('../config/dev-hook.schema.json')
  })

  it('names every error code once', () => {
    const codes = Object.values(ERRORS).map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })
})
