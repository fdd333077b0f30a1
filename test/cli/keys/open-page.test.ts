import { chmod, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPageOpener } from '../../../src/cli/keys/open-page.ts'
import { folderForTest } from '../../support/folder.ts'
import { eventually } from '../../support/wait.ts'

const LINK = 'http://127.0.0.1:4747/?token=abc-DEF_123'

/** What is said when the page is opened in this environment. */
async function said(env: Readonly<Record<string, string>>, link: string | null = LINK) {
  const lines: string[] = []
  const opener = createPageOpener({ env, platform: 'linux' }, (line) => void lines.push(line))
  await opener.open(link)
  return { lines, close: opener.close }
}

// What opens a page elsewhere cannot be replaced by a script.
describe.runIf(process.platform === 'linux')('The page in a browser', () => {
  it('is opened by a private file, so that its link is on no command line', async () => {
    const folder = await folderForTest()
    const seen = join(folder, 'seen')
    const opener = join(folder, 'xdg-open')
    await writeFile(
      opener,
      `#!/bin/sh\n{ echo "$@"; stat -c %a "$1"; cat "$1"; } > ${seen}.part; mv ${seen}.part ${seen}\n`,
    )
    await chmod(opener, 0o700)
    const { lines, close } = await said({ DISPLAY: ':0', PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` })
    expect(lines).toEqual([`the page opens in your browser; if it does not: ${LINK}`])
    let given = ''
    await eventually(async () => {
      given = await readFile(seen, 'utf8').catch(() => '')
      return given !== ''
    })
    const [file = '', mode, ...html] = given.split('\n')
    expect(file).not.toContain('token')
    expect(mode).toBe('600')
    expect(html.join('\n')).toContain(`content="0; url=${LINK}"`)
    await close()
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  })

  it.each([
    ['over SSH', { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 5000 10.0.0.2 22' }],
    ['without a display', {}],
    ['where nothing can open it', { DISPLAY: ':0', PATH: '/nowhere' }],
  ])('is named %s', async (_, env) => {
    expect((await said(env)).lines).toEqual([`the page: ${LINK}`])
  })

  it('is not there in a run without one', async () => {
    expect((await said({}, null)).lines).toEqual([expect.stringMatching(/^this run has no page/)])
  })
})
