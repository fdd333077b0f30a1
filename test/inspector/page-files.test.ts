// The files of the page, as the build has left them.
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { headerOf } from '../../src/core/http/raw-headers.ts'
import { folderForTest } from '../support/folder.ts'
import { inspectorForTest } from '../support/inspector/open-inspector.ts'

async function pageForTest() {
  const folder = await folderForTest()
  const pageFolder = join(folder, 'page')
  await mkdir(join(pageFolder, 'assets'), { recursive: true })
  await writeFile(join(pageFolder, 'index.html'), '<p>the page')
  await writeFile(join(pageFolder, 'assets', 'index-BaZ1cd2f.js'), 'run()')
  await writeFile(join(pageFolder, 'icon.svg'), '<svg/>')
  await writeFile(join(folder, 'secret.txt'), 'secret')
  if (process.platform !== 'win32') await symlink(join(folder, 'secret.txt'), join(pageFolder, 'link.txt'))
  const { send } = await inspectorForTest({ pageFolder })
  return (path: string) => send(`GET ${path}`, { Authorization: null })
}

describe('The page', () => {
  it('is what was built, with its types; what has its content in its name may be kept', async () => {
    const get = await pageForTest()
    const seen = async (path: string) => {
      const { status, headers, body } = await get(path)
      return [status, headerOf(headers, 'content-type'), headerOf(headers, 'cache-control'), body.toString()]
    }
    expect(await seen('/')).toEqual([200, 'text/html; charset=utf-8', 'no-store', '<p>the page'])
    expect(await seen('/?view=x')).toEqual([200, 'text/html; charset=utf-8', 'no-store', '<p>the page'])
    expect(await seen('/icon.svg')).toEqual([200, 'image/svg+xml', 'no-store', '<svg/>'])
    expect(await seen('/assets/index-BaZ1cd2f.js')).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
      'run()',
    ])
  })

  it('has no icon of the name that browsers guess, and nothing to say about it', async () => {
    const get = await pageForTest()
    expect((await get('/favicon.ico')).status).toBe(204)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//secret.txt',
    '/link.txt',
    '/assets',
    '/nothing.js',
  ])('has nothing behind %s', async (path) => {
    const get = await pageForTest()
    expect((await get(path)).status).toBe(404)
  })

  it('is a sentence where it was not built', async () => {
    const { send } = await inspectorForTest({ pageFolder: join(await folderForTest(), 'nothing') })
    const { status, body } = await send('GET /')
    expect([status, body.toString()]).toEqual([200, expect.stringContaining('built by <code>npm run build</code>')])
  })
})
