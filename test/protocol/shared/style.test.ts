import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { STYLE } from '../../../src/protocol/shared/style.ts'

const TOKENS = new URL('../../../src/inspector/page/styles/tokens.css', import.meta.url)

/** The colours of a style sheet, light and dark, by their names. */
function coloursIn(css: string): { readonly light: Record<string, string>; readonly dark: Record<string, string> } {
  const [light = '', dark = ''] = css.split('(prefers-color-scheme: dark)')
  const read = (part: string): Record<string, string> => {
    const [block = ''] = /:root \{[^}]*\}/.exec(part) ?? []
    return Object.fromEntries(
      [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
    )
  }
  return { light: read(light), dark: read(dark) }
}

describe('A shared file', () => {
  it('has the colours of the page, light and dark', async () => {
    const [shared, page] = [coloursIn(STYLE), coloursIn(await readFile(TOKENS, 'utf8'))]
    expect(Object.keys(shared.light).length).toBeGreaterThan(10)
    expect(Object.keys(shared.dark)).toEqual(Object.keys(shared.light))
    expect(page.light).toMatchObject(shared.light)
    expect(page.dark).toMatchObject(shared.dark)
  })
})
