import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findRoutes, routesIn } from '../../src/bot/route-hint.ts'
import { folderForTest } from '../support/folder.ts'

describe('The routes of a bot', () => {
  it.each([
    ["app.post('/webhook', (req, res) => {", ['/webhook']],
    ['router.all( "/in/chat", handler)', ['/in/chat']],
    ["app.use('/bot', bot.router('/ignored'))", ['/bot', '/ignored']],
    ["fastify.route({ method: 'POST', url: '/hook' })", ['/hook']],
    ["new ChipChat({ webhook: 'hooks/chat' })", ['/hooks/chat']],
    ['@app.route("/events", methods=["POST"])', ['/events']],
    ["app.post('/')", []],
    [`app.post(\`/\${name}\`)`, []],
    ["app.get('/health')", []],
  ])('are found in %s', (source, routes) => {
    expect(routesIn(source)).toEqual(routes)
  })

  it('are those of the file of its command first, then of the files beside it', async () => {
    const cwd = await folderForTest()
    await mkdir(join(cwd, 'src'))
    await mkdir(join(cwd, 'bin'))
    await writeFile(join(cwd, 'bin', 'bot.ts'), "app.post('/mine')")
    await writeFile(join(cwd, 'src', 'routes.js'), "app.post('/other')")
    await writeFile(join(cwd, 'notes.md'), "app.post('/none')")
    expect(await findRoutes(cwd, ['tsx', 'bin/bot.ts'])).toEqual(['/mine', '/other'])
  })

  it('are none where nothing can be read, and no error', async () => {
    const cwd = await folderForTest()
    await symlink('nowhere.js', join(cwd, 'broken.js'))
    await mkdir(join(cwd, 'folder.js'))
    expect(await findRoutes(cwd, ['node', 'folder.js', 'missing.js'])).toEqual([])
    expect(await findRoutes(join(cwd, 'nowhere'), [])).toEqual([])
  })
})
