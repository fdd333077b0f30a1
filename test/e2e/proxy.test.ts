import { describe, expect, it } from 'vitest'
import { corporateNetworkFor } from '../support/network/networks.ts'

import { worldForTest } from '../support/world.ts'

describe('dev-hook behind an HTTP proxy', () => {
  it('calls the API through it, and goes straight to what is on this machine', async () => {
    const world = await worldForTest()
    const { env, asked } = await corporateNetworkFor(world)
    const before = world.platform.registration()
    const cli = await world.start({ env })
    expect(await cli.notice('ready')).toMatchObject({ api: 'https://api.example.test' })
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi')).text).toBe('You said: hi')
    cli.kill('SIGINT')
    const { code, stdout, stderr } = await cli.ended
    expect(code).toBe(0)
    expect(world.platform.registration()?.['url']).toBe(before?.['url'])
    expect(asked()).toEqual(['api.example.test:443'])
    expect(stdout + stderr).not.toContain('s3cret')
  })

  it('restores through it after a kill', async () => {
    const world = await worldForTest()
    const { env } = await corporateNetworkFor(world)
    const before = world.platform.registration()
    const cli = await world.start({ env })
    await cli.notice('ready')
    expect(world.platform.registration()?.['url']).not.toBe(before?.['url'])
    cli.kill('SIGKILL')
    await expect.poll(() => world.platform.registration()?.['url']).toBe(before?.['url'])
  })

  it('says which proxy stands in the way of the API, without its password', async () => {
    const world = await worldForTest()
    const { env, proxy } = await corporateNetworkFor(world)
    const wrong = proxy.url.replace('s3cret', 'wr0ng')
    const cli = await world.start({ env: { ...env, HTTPS_PROXY: wrong } })
    const { code, stdout, stderr } = await cli.ended
    expect(code).toBe(5)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_API_UNREACHABLE',
      message: expect.stringMatching(/through the proxy http:\/\/127\.0\.0\.1:\d+\/: .*407/),
      remedy: expect.stringContaining('HTTPS_PROXY'),
    })
    expect(stdout + stderr).not.toContain('wr0ng')
  })

  it('says that ngrok does not go through it, when the tunnel fails', async () => {
    const world = await worldForTest()
    const { env } = await corporateNetworkFor(world)
    // Nobody listens there.
    const cli = await world.start({ env: { ...env, DEV_HOOK_NGROK_SERVER_ADDR: '127.0.0.1:1' } })
    expect((await cli.ended).code).toBe(4)
    expect(await cli.notice('error')).toMatchObject({
      code: 'DEVHOOK_TUNNEL_FAILED',
      remedy: expect.stringMatching(/^ngrok does not go through an HTTP proxy \(http:\/\/127\.0\.0\.1:\d+\/\)/),
    })
  })
})
