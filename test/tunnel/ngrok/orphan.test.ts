// What is left of a tunnel whose parent dies without a word: nothing.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createHookAddress } from '../../../src/core/hook-url.ts'
import { fixture } from '../../support/built.ts'
import { openTunnelRig, type TunnelRig } from '../../support/tunnel/tunnel-rig.ts'

const PARENT = fixture('tunnel-parent.mjs')

let rig: TunnelRig
beforeEach(async () => {
  rig = await openTunnelRig()
})
afterEach(() => rig.close())

it('the process of the SDK ends with its parent, however that ends', async () => {
  const { authtoken, domain, serverAddr, ca, proxy, upstream, probeEveryMs } = rig.options()
  const parent = fork(PARENT, { env: { ...process.env, NODE_EXTRA_CA_CERTS: rig.edge.caFile } })
  const opened = once(parent, 'message')
  parent.send({
    options: { authtoken, domain, serverAddr, ca, proxy, upstream, probeEveryMs },
    address: createHookAddress(),
  })
  expect(await opened).toEqual([{ state: 'online', url: await rig.edge.publicUrl() }, undefined])
  parent.kill('SIGKILL')
  // The SDK never closes its connection by itself: it is closed by the end of the process.
  await rig.edge.log.until('lost', 1)
  expect(rig.edge.endpoints()).toEqual([])
})
