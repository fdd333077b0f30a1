import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addEntries, installedManifest, type Manifest, readManifest } from '../../src/onboarding/manifest.ts'
import { folderForTest } from '../support/folder.ts'

const manifestOf = (text: string): Manifest => {
  const manifest = readManifest(text)
  if (manifest === null) throw new Error('no manifest')
  return manifest
}

describe('A package.json', () => {
  it.each([
    ['{\n  "scripts": {\n    "start": "node ."\n  },\n  "files": ["a", "b"]\n}\n', 'one a line'],
    ['{\n\t"files": ["a"],\n\t"scripts": {\n\t\t"x": "y {}"\n\t}\n}', 'with tabs'],
    ['{\r\n  "scripts": {\r\n    "start": "node ."\r\n  }\r\n}\r\n', 'with CRLF'],
  ])('gains one line for a script, and keeps every other one (%#)', (text) => {
    const after = addEntries(text, [{ section: 'scripts', name: 'dev', value: 'dev-hook -- node .' }])
    const added = after.split('\n').filter((line) => !text.includes(line.replace(/,?\r?$/, '')))
    expect(added).toHaveLength(1)
    expect(manifestOf(after).scripts['dev']).toBe('dev-hook -- node .')
    expect(after.split('\n')).toHaveLength(text.split('\n').length + 1)
  })

  it('gains scripts where it has none, however it is written', () => {
    for (const text of ['{}', '{"name":"x"}\n', '{"scripts":{}}', '{"a":{"scripts":{"b":"c"}},"scripts":{"d":"e"}}']) {
      const after = addEntries(text, [{ section: 'scripts', name: 'dev', value: 'x' }])
      expect(JSON.parse(after)).toEqual({ ...JSON.parse(text), scripts: { ...JSON.parse(text).scripts, dev: 'x' } })
    }
  })

  it('holds the same and the script, whatever it held', () => {
    const texts = fc.dictionary(fc.string(), fc.string())
    const manifests = fc.record({ name: fc.string(), scripts: texts, other: fc.json() }, { requiredKeys: [] })
    fc.assert(
      fc.property(manifests, fc.constantFrom(0, 2, '\t'), (json, indent) => {
        const after = addEntries(JSON.stringify(json, null, indent), [
          { section: 'scripts', name: 'dev', value: 'a "b"' },
        ])
        expect(JSON.parse(after)).toEqual({ ...json, scripts: { ...json.scripts, dev: 'a "b"' } })
      }),
    )
  })

  it('is none when it is not a JSON object', () => {
    for (const text of ['', '[]', 'null', '{', '"x"']) expect(readManifest(text)).toBeNull()
  })

  it('of a package whose installation was cut off is none, and no error', async () => {
    const folder = await folderForTest()
    expect(await installedManifest(folder)).toBeNull()
    await writeFile(join(folder, 'package.json'), '{ "version": "1.2')
    expect(await installedManifest(folder)).toBeNull()
    await writeFile(join(folder, 'package.json'), '{ "version": "1.2.3" }')
    expect(await installedManifest(folder)).toEqual({ version: '1.2.3' })
  })
})
