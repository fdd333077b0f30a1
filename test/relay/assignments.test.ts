import { Kvm } from '@nats-io/kv'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readAddress } from '../../src/relay/broker/address.ts'
import { openBroker } from '../../src/relay/broker/broker.ts'
import { type Assignments, openAssignments } from '../../src/relay/hub/assignments.ts'
import { namesOf } from '../../src/relay/wire/subjects.ts'
import { natsServer } from '../support/relay/nats-server.ts'
import { BOT } from '../support/relay/relay-world.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Several who know nothing of one another, each with a connection of their own. */
async function claimers(url: string, count: number): Promise<{ all: Assignments[]; close: () => Promise<void> }> {
  const brokers = await Promise.all(
    Array.from({ length: count }, async (_, i) => openBroker(await readAddress(url, null), `claimer-${i}`)),
  )
  const open = async (broker: (typeof brokers)[number]): Promise<Assignments> =>
    openAssignments((await broker.manager()).jetstream(), namesOf(BOT))
  return {
    all: await Promise.all(brokers.map(open)),
    close: async () => void (await Promise.all(brokers.map((broker) => broker.close()))),
  }
}

describe('Whose a conversation is, at the broker', () => {
  it('is decided once, however many claim it at the same time, and everybody hears who it is', async () => {
    const { url } = await natsServer()
    const { all, close } = await claimers(url, 10)
    const claims = all.flatMap((claimer, i) =>
      Array.from({ length: 10 }, (_, n) => claimer.change('c1', null, `dev-${i}-${n}`)),
    )
    const owners = new Set(await Promise.all(claims))
    expect(owners.size).toBe(1)
    const [late] = (await claimers(url, 1)).all
    expect(owners).toContain(late?.of('c1'))
    await close()
  })

  it('changes only for who knew whose it was', async () => {
    const { url } = await natsServer()
    const { all, close } = await claimers(url, 2)
    const [one, other] = all
    expect(await one?.change('c1', null, 'anna')).toBe('anna')
    expect(await other?.change('c1', null, 'bert')).toBe('anna')
    expect(await other?.change('c1', 'anna', 'bert')).toBe('bert')
    expect(await one?.change('c1', 'anna', 'carla')).toBe('bert')
    expect(one?.of('c1')).toBe('bert')
    await close()
  })

  it('lasts as long as the conversation goes on, and 30 days longer', async () => {
    const { url } = await natsServer()
    const broker = await openBroker(await readAddress(url, null), 'relay')
    onTestFinished(broker.close)
    const client = (await broker.manager()).jetstream()
    const began = Date.now()
    let days = 0
    const assignments = await openAssignments(client, namesOf(BOT), () => began + days * DAY_MS)
    const bucket = await new Kvm(client).open(namesOf(BOT).assignments)
    const revision = async (): Promise<number | undefined> => (await bucket.get('c1'))?.revision
    await assignments.change('c1', null, 'anna')
    const first = await revision()
    assignments.goesOn('c1')
    days = 29
    assignments.goesOn('c1')
    assignments.goesOn('c1')
    await expect.poll(revision).toBe((first ?? 0) + 1)
    days = 29 + 30
    // The broker has it written before its answer is here.
    await expect.poll(() => assignments.of('c1')).toBe('anna')
    days = 29 + 32
    expect(assignments.of('c1')).toBeNull()
    // What one is forgotten with is written by the next.
    await assignments.change('c2', null, 'bert')
    expect(assignments.owners()).toEqual(new Set(['bert']))
  })

  it.each(['renewed', 'forgotten'])('changes though it was %s meanwhile', async (what) => {
    const { url } = await natsServer()
    const { all, close } = await claimers(url, 1)
    const [one] = all
    await one?.change('c1', null, 'anna')
    const broker = await openBroker(await readAddress(url, null), 'relay')
    const bucket = await new Kvm((await broker.manager()).jetstream()).open(namesOf(BOT).assignments)
    if (what === 'renewed') await bucket.put('c1', 'anna')
    else await bucket.purge('c1')
    expect(await one?.change('c1', 'anna', 'bert')).toBe('bert')
    await broker.close()
    await close()
  })
})
