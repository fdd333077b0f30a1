import { describe, expect, it } from 'vitest'
import { startCli } from '../support/cli/cli.ts'
import { diagnose } from '../support/cli/doctor.ts'
import { worldForTest } from '../support/world.ts'

const withoutUpdatedAt = (registration: unknown): unknown => ({ ...Object(registration), updatedAt: null })

describe('dev-hook doctor --live', () => {
  it.each([
    ['', {}],
    [', also where runs leave it in place', { DEV_HOOK_RESTORE: 'false' }],
  ])('goes one whole round through the tunnel, and leaves the webhook as it was%s', async (_, more) => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const { code, names, check } = await diagnose({ env: { ...world.env, ...more }, args: ['--live', '--take-over'] })
    expect(names.slice(-4)).toEqual(['live-tunnel', 'live-claim', 'live-verify', 'live-restore'])
    for (const name of names.slice(-4)) expect(check(name)).toMatchObject({ ok: true, remedy: null })
    expect(code).toBe(0)
    expect(withoutUpdatedAt(world.platform.registration())).toEqual(withoutUpdatedAt(before))
    expect(world.edge.sessions()).toBe(0)
  })

  it('takes over nothing that is somebody’s when nobody can be asked', async () => {
    const world = await worldForTest()
    const before = world.platform.registration()
    const { code, check } = await diagnose({ env: world.env, args: ['--live'] })
    expect(check('live-claim')).toMatchObject({ ok: false, remedy: expect.stringContaining('--take-over') })
    expect(code).toBe(7)
    expect(world.platform.registration()).toEqual(before)
  })

  it('does not begin where the tunnel is refused', async () => {
    const world = await worldForTest()
    const env = { ...world.env, NGROK_AUTHTOKEN: '2wrongwrongwrongwrongwrong' }
    const { code, check, names } = await diagnose({ env, args: ['--live', '--take-over'] })
    expect(check('ngrok')).toMatchObject({ ok: false, message: expect.stringContaining('ERR_NGROK') })
    expect(names.at(-1)).toBe('live')
    expect(code).toBe(3)
  })

  it('does not begin while something is in the way', async () => {
    const { check, names } = await diagnose({ args: ['--live'], env: { APIHOST: 'http://127.0.0.1:1' } })
    expect(names.at(-1)).toBe('live')
    expect(check('live').message).toContain('not checked')
  })

  it('does not wait for a person where the webhook has to be set by hand', async () => {
    const world = await worldForTest({ place: 'unknown' })
    const { code, check } = await diagnose({ env: world.env, args: ['--live'] })
    expect(check('live-claim')).toMatchObject({ ok: true, remedy: expect.stringContaining('admin page') })
    expect(code).toBe(0)
  })

  it('restores when it is interrupted', async () => {
    const world = await worldForTest()
    const before = world.platform.registration()
    // The claim is answered late, so that the signal comes in the middle of it.
    world.platform.faults.add({ match: /^PATCH/, delayMs: 1_500, after: true, times: 1 })
    const cli = await startCli({ args: ['doctor', '--json', '--live', '--take-over'], env: world.env })
    await expect.poll(() => world.platform.registration(), { timeout: 30_000 }).not.toEqual(before)
    cli.kill('SIGINT')
    const { code } = await cli.ended
    expect(code).not.toBe(0)
    expect(withoutUpdatedAt(world.platform.registration())).toEqual(withoutUpdatedAt(before))
  })
})
