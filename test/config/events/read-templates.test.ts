// The event templates as they are read from their files.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { readTemplates } from '../../../src/config/events/read-templates.ts'
import { folderForTest } from '../../support/folder.ts'

const CONFIG = new URL('../../../config/', import.meta.url)

/** Reads templates from these files. */
async function read(files: Readonly<Record<string, string>>): Promise<ReturnType<typeof readTemplates>> {
  const folder = await folderForTest()
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return readTemplates(folder)
}

const template = (more: string): string => `{
  "templates": {
    "user.login": {
      "says": "An agent logs in.",
      "evidence": "sdk",
      "events": ["user.login"],
      "by": "agent",
      "data": { "user": { "id": "{{agent.id}}" } }${more}
    }
  }
}`

describe('The event templates', () => {
  it('of the package fit their schema', async () => {
    const validate = new Ajv().compile(
      JSON.parse(await readFile(new URL('event-templates.schema.json', CONFIG), 'utf8')),
    )
    for (const name of await readdir(new URL('events/', CONFIG))) {
      validate(JSON.parse(await readFile(new URL(`events/${name}`, CONFIG), 'utf8')))
      expect(validate.errors ?? [], name).toEqual([])
    }
  })

  it('name an event with alternatives for each of them, in order', async () => {
    const text = template('').replace('"user.login"]', '"a.(b|c).(d|e)"]')
    const { templates } = await read({ 'a.json': text })
    expect(templates.map(({ events }) => events)).toEqual([['a.b.d', 'a.b.e', 'a.c.d', 'a.c.e']])
  })

  it.each([
    ['a comma too many', template(','), /a\.json: it is not valid JSON at line 9, column 5$/],
    [
      'a field that does not exist',
      template(',\n      "txt": "hi"'),
      /a\.json:9: user\.login: `txt` is not one of says, /,
    ],
    [
      'somebody who does not exist',
      template('').replace('"agent"', '"nobody"'),
      /a\.json:7: .*`by` is not one of contact, /,
    ],
    ['no sentence', template('').replace('logs in.', 'logs in'), /a\.json:4: .*`says` is not a sentence$/],
    ['no evidence', template('').replace('sdk', 'rumour'), /a\.json:5: .*`evidence` is not one of documented, /],
    ['a pattern', template('').replace('["user.login"]', '["user.*"]'), /a\.json:6: .*"user\.\*" is not an event/],
    ['no events', template('').replace('["user.login"]', '[]'), /a\.json:6: .*`events` is not a list of events$/],
    [
      'no document',
      template('').replace(/"data".*/, '"data": {}'),
      /a\.json:8: .*`data` is not an object of documents/,
    ],
    [
      'an unknown placeholder',
      template('').replace('agent.id', 'agent.age'),
      /a\.json:8: \{\{agent\.age\}\} is not a placeholder$/,
    ],
    ['an unknown part', template('').replace('"id"', '"..."'), /a\.json:8: unknown part "\{\{agent\.id\}\}"$/],
    ['a name of its own', template('').replace('"user.login":', '"User":'), /a\.json:3: .*`User` is not a name: /],
    ['something else beside', '{\n  "template": {}\n}', /a\.json:2: `template` is not one of templates, parts$/],
    ['a list', '[]', /a\.json:1: it is not an object with `templates`$/],
    [
      'a part that begins with itself',
      '{"parts": {\n"a": {"x": [{"...": "b"}]},\n"b": {"...": "a"}}}',
      /a\.json:2: the part `a` begins with itself\n.*a\.json:3: /,
    ],
  ])('with %s are refused, with file and line', async (_, text, message) => {
    const refused = read({ 'a.json': text })
    await expect(refused).rejects.toThrow(message)
    await expect(refused).rejects.toMatchObject({ code: 'DEVHOOK_USAGE', failure: 'usage' })
  })

  it('in two files may not share a name', async () => {
    await expect(read({ 'a.json': template(''), 'b.json': template('') })).rejects.toThrow(
      /b\.json:3: `user\.login` is the name of another one$/,
    )
  })
})
