// Opening a bucket on a real broker, while others open the same one.
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../src/relay/broker/address.ts'
import { openBroker } from '../../src/relay/broker/broker.ts'
import { openBucket } from '../../src/relay/broker/bucket.ts'
import { natsServer } from '../support/relay/nats-server.ts'

describe('A bucket on the broker', () => {
  it('is one for everybody who opens it in the same instant', async () => {
    const { url } = await natsServer()
    const brokers = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => openBroker(await readAddress(url, null), `opener-${i}`)),
    )
    const clients = await Promise.all(brokers.map(async (broker) => (await broker.manager()).jetstream()))
    for (let round = 0; round < 100; round += 1) {
      const buckets = await Promise.all(clients.map((client) => openBucket(client, `bucket-${round}`)))
      await buckets[0]?.put('key', 'value')
      const read = await Promise.all(buckets.map(async (bucket) => (await bucket.get('key'))?.string()))
      expect(new Set(read)).toEqual(new Set(['value']))
    }
    await Promise.all(brokers.map((broker) => broker.close()))
  })
})
