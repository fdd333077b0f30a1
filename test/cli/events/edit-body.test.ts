import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { editBody } from '../../../src/cli/events/edit-body.ts'
import { folderForTest } from '../../support/folder.ts'

/** An editor that runs a line of shell on the file `$1`. */
async function editorOf(script: string): Promise<string> {
  const path = join(await folderForTest(), 'my editor')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o700)
  return `'${path}' --wait`
}

const edit = async (
  body: string | Buffer,
  script: string,
  env: Record<string, string> = {},
): Promise<string | null> => {
  const io = { env: { PATH: process.env['PATH'], EDITOR: await editorOf(script), ...env }, platform: process.platform }
  const edited = await editBody(Buffer.from(body), { ...io, outIsTerminal: false, interactive: false })
  return edited === null ? null : edited.toString()
}

// `--wait` comes first, the file second.
describe.skipIf(process.platform === 'win32')('Editing a body', () => {
  it('lays JSON out for the editor, and packs it again', async () => {
    const notes = join(await folderForTest(), 'notes')
    const body = '{"text":"hi","n":12345678901234567890}'
    expect(await edit(body, `cp "$2" '${notes}'; sed -i.bak s/hi/bye/ "$2"`)).toBe(body.replace('hi', 'bye'))
    expect(await readFile(notes, 'utf8')).toBe('{\n  "text": "hi",\n  "n": 12345678901234567890\n}\n')
  })

  it('opens no editor that nobody has chosen where there is no terminal, in which it would wait for ever', async () => {
    await expect(edit('{"text":"hi"}', 'true', { EDITOR: '' })).rejects.toThrow('there is no terminal for an editor')
  })

  it('changes nothing when nothing was changed', async () => {
    expect(await edit('{"text":"hi"}', 'true')).toBeNull()
    expect(await edit('plain text', 'true')).toBeNull()
  })

  it('gives other text back as it was written, without the line end that editors add', async () => {
    expect(await edit('a=1&b=2', 'printf "a=3\\n" > "$2"')).toBe('a=3')
    expect(await edit('a\n', 'printf "b\\n" > "$2"')).toBe('b\n')
  })

  it('keeps the file to its owner, and leaves nothing behind', async () => {
    const notes = join(await folderForTest(), 'notes')
    await edit(
      '{}',
      `dirname "$2" > '${notes}'; cp -p "$2" '${notes}.file'; cp -pr "$(dirname "$2")" '${notes}.folder'`,
    )
    expect((await stat(`${notes}.file`)).mode & 0o777).toBe(0o600)
    expect((await stat(`${notes}.folder`)).mode & 0o777).toBe(0o700)
    await expect(stat((await readFile(notes, 'utf8')).trim())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('prefers VISUAL', async () => {
    expect(await edit('{"a":1}', 'false', { VISUAL: await editorOf('echo "{}" > "$2"') })).toBe('{}')
  })

  it.each([
    ['fails', 'exit 3', 'ended with 3'],
    ['is killed', 'kill -9 $$', 'ended with'],
    ['empties the file', ': > "$2"', 'emptied'],
    ['leaves blanks only', 'printf " \\n\\n" > "$2"', 'emptied'],
    [
      'leaves what is not JSON',
      'printf "{secret" > "$2"',
      'no longer JSON at line 1, column 2: a name in double quotes is expected',
    ],
    ['removes the file', 'rm "$2"', 'cannot be read'],
  ])('sends nothing when the editor %s', async (_, script, says) => {
    await expect(edit('{"text":"hi"}', script)).rejects.toThrow(says)
  })

  it('sends nothing when there is no such editor', async () => {
    await expect(edit('{}', '', { VISUAL: '/nowhere/vi' })).rejects.toMatchObject({ code: 'DEVHOOK_EDIT_FAILED' })
  })

  it('takes a body for which there is no layout as it is, however deep it is', async () => {
    const body = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect(await edit(body, 'true')).toBeNull()
    expect(await edit(body, 'sed -i.bak s/a/b/ "$2"')).toBe(body.replace('a', 'b'))
  })

  it('does not send the byte order mark that an editor added, and keeps one that was there', async () => {
    expect(await edit('{"a":1}', 'printf "\\357\\273\\277{}" > "$2"')).toBe('{}')
    expect(await edit('\ufeffa', 'printf "\\357\\273\\277b" > "$2"')).toBe('\ufeffb')
  })

  it.each([
    ['saved other bytes than UTF-8', 'printf "{\\"a\\":\\"\\351\\"}" > "$2"', 'an encoding other than UTF-8'],
    [
      'made it larger than a delivery may be',
      'head -c 10485761 /dev/zero | tr "\\0" 1 > "$2"',
      'larger than a delivery',
    ],
  ])('sends nothing when the editor %s', async (_, script, says) => {
    await expect(edit('{"text":"hi"}', script)).rejects.toMatchObject({
      code: 'DEVHOOK_EDIT_FAILED',
      message: expect.stringContaining(says),
    })
  })

  it('is not for bytes that are no text', async () => {
    await expect(edit(Buffer.from([255, 0]), 'true')).rejects.toMatchObject({ code: 'DEVHOOK_EDIT_FAILED' })
  })
})
