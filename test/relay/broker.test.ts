import { describe, expect, it } from 'vitest'
import { readAddress } from '../../src/relay/broker/address.ts'
import { openBroker } from '../../src/relay/broker/broker.ts'
import { natsServer } from '../support/relay/nats-server.ts'
import { eventually } from '../support/wait.ts'

describe('A connection to the broker', () => {
  it('ends although the broker has gone', async () => {
    const server = await natsServer()
    const broker = await openBroker(await readAddress(server.url, null), 'anna')
    await server.kill()
    await eventually(() => broker.state().is === 'away')
    await broker.close()
    expect(broker.connection.isClosed()).toBe(true)
  })

  it('ends although the broker goes in the same instant, or hangs', async () => {
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
      const server = await natsServer()
      const broker = await openBroker(await readAddress(server.url, null), 'anna')
      broker.connection.publish('some.words', 'x')
      server.signal(signal)
      await broker.close()
      expect(broker.connection.isClosed()).toBe(true)
    }
  })

  it('has sent everything by its end', async () => {
    const server = await natsServer()
    const [anna, bert] = await Promise.all(
      ['anna', 'bert'].map(async (name) => openBroker(await readAddress(server.url, null), name)),
    )
    if (anna === undefined || bert === undefined) throw new Error('nobody is there')
    let heard = 0
    bert.connection.subscribe('words', {
      callback: () => {
        heard += 1
      },
    })
    await bert.connection.flush()
    for (let i = 0; i < 500; i += 1) anna.connection.publish('words', 'x'.repeat(10_000))
    await anna.close()
    await eventually(() => heard === 500)
    await bert.close()
  })
})
