import { once } from 'node:events'
import { createServer } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { encodePath } from '../../../src/core/http/encode-path.ts'
import { createForwarder } from '../../../src/delivery/forwarder.ts'
import { aDelivery } from '../../support/deliveries.ts'

const load = (given: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) =>
  loadConfig(given, { cwd: import.meta.dirname, env, platform: process.platform, sourceOf: (key) => key })

describe('A path', () => {
  it('is encoded as the parser of URLs does it, where that only encodes', () => {
    // Whether `^` and `|` are encoded depends on the version of Node's parser.
    const segment = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[?#\\\s/.%^|\p{Cc}]/u.test(text))
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const path = `/${segments.join('/')}`
        expect(encodePath(path)).toBe(new URL(`http://x${path}`).pathname)
      }),
    )
  })

  it('that is encoded already stays as it is', () => {
    expect(encodePath('/h%C3%B6%C3%B6k/a%2Fb')).toBe('/h%C3%B6%C3%B6k/a%2Fb')
  })

  it.each([
    [{ path: '/钩子' }, {}, '/%E9%92%A9%E5%AD%90'],
    [{}, { WEBHOOK_PATH: '/höök' }, '/h%C3%B6%C3%B6k'],
    [{}, { WEBHOOK_PATH: 'höök' }, '/h%C3%B6%C3%B6k'],
    [{ forwardTo: ':3000/höök' }, {}, '/h%C3%B6%C3%B6k'],
    [{ forwardTo: 'http://localhost:3000/höök' }, {}, '/h%C3%B6%C3%B6k'],
    [{ path: '/a"b' }, {}, '/a%22b'],
  ])('outside ASCII is encoded from every source (%o, %o)', async (given, env, path) => {
    expect((await load(given, env)).target.path).toBe(path)
  })

  it.each([{ path: '/a\ud800' }, { forwardTo: ':3000/a\udc00b' }])(
    'with half a character is refused (%o)',
    async (given) => {
      await expect(load(given)).rejects.toMatchObject({ code: 'DEVHOOK_USAGE' })
    },
  )

  it('that nobody encoded reaches the bot', async () => {
    const paths: string[] = []
    const bot = createServer((request, response) => {
      paths.push(request.url ?? '')
      response.end()
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void bot.close())
    await once(bot, 'listening')
    const address = bot.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    const { target } = await load({ forwardTo: `:${port}/钩子` })
    const forwarder = createForwarder({ target })
    onTestFinished(() => forwarder.close())
    expect(await forwarder.forward(aDelivery()).done).toMatchObject({ outcome: 'answered' })
    expect(paths).toEqual(['/%E9%92%A9%E5%AD%90'])
  })
})
