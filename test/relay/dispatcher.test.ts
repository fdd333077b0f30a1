import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { neverAborted, nextTurn } from '../../src/core/async.ts'
import type { Delivery } from '../../src/core/delivery.ts'
import type { Dispatcher } from '../../src/relay/hub/dispatcher.ts'
import type { Live } from '../../src/relay/hub/recipients.ts'
import type { Answer } from '../../src/relay/wire/envelope.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { dispatcherAt, memoryBroker } from '../support/relay/memory-broker.ts'
import { aMessage, reply } from '../support/relay/relay-world.ts'
import { eventually } from '../support/wait.ts'

const NAMES = ['anna', 'bert'] as const
type Name = (typeof NAMES)[number]

/** What happens to a relay, one after the other, each in a turn of the event loop of its own, as from sockets. */
const step = fc.record({
  turns: fc.integer({ min: 1, max: 4 }),
  does: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('send' as const), conversation: fc.integer({ min: 0, max: 2 }) }),
    },
    fc.record({ type: fc.constant('comes' as const), name: fc.constantFrom(...NAMES) }),
    fc.record({ type: fc.constant('vanishes' as const), name: fc.constantFrom(...NAMES) }),
    fc.record({ type: fc.constant('broker goes' as const) }),
    fc.record({ type: fc.constant('broker comes' as const) }),
  ),
})

/** A relay whose conversations 0 and 2 are anna's, and 1 bert's. */
function relay() {
  const broker = memoryBroker()
  const here = new Set<string>()
  const lives = new Map<string, Set<(why: string) => void>>(NAMES.map((name) => [name, new Set()]))
  /** What each developer has had, without what they had before. */
  const got = new Map<string, string[]>(NAMES.map((name) => [name, []]))
  const sending = new Map<string, Promise<void>>()

  function send(owner: string, { id }: Delivery): Live {
    const open = lives.get(owner)
    let settle: (answer: Answer) => void
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve
    })
    let aborted = false
    const abort = (why: string): void => {
      aborted = true
      open?.delete(abort)
      settle({ taken: false, why })
    }
    open?.add(abort)
    // In order, as on one connection.
    const arriving = (sending.get(owner) ?? Promise.resolve()).then(async () => {
      await nextTurn()
      if (aborted) return
      const mine = got.get(owner)
      if (mine?.includes(id) === false) mine.push(id)
      void nextTurn().then(() => {
        open?.delete(abort)
        settle({ taken: true, reply: reply(200, owner) })
      })
    })
    sending.set(owner, arriving)
    return { answer, abort }
  }

  const dispatcher = dispatcherAt(broker, {
    isHere: (owner) => here.has(owner),
    choose: (payload) => (JSON.stringify(payload).includes('"c1"') ? 'bert' : 'anna'),
    send,
  })
  const abortAll = (name: string): void => {
    for (const abort of lives.get(name) ?? []) abort('gone')
  }
  return {
    broker,
    dispatcher,
    got,
    comes: (name: Name) => {
      here.add(name)
      dispatcher.drain(name)
    },
    vanishes: (name: Name) => {
      here.delete(name)
      abortAll(name)
    },
    setAway: async (away: boolean) => {
      broker.setAway(away)
      if (!away) return dispatcher.refresh(neverAborted())
      dispatcher.pause()
      NAMES.forEach(abortAll)
    },
  }
}

/** As the queue does: what is refused waits, and what comes after it in its conversation waits behind it. */
function queueOf(dispatcher: Dispatcher) {
  const waiting = new Map<string, Delivery[]>()
  async function submit(conversation: string, delivery: Delivery): Promise<void> {
    const line = waiting.get(conversation) ?? []
    waiting.set(conversation, line)
    if (line.length > 0) return void line.push(delivery)
    const { outcome } = await dispatcher.forward(delivery).done
    if (outcome !== 'answered') {
      line.push(delivery)
      line.sort((a, b) => a.receivedAt - b.receivedAt)
    }
  }
  return {
    submit,
    /** Lets go of what waits, one after the other. */
    release: async () => {
      for (const line of waiting.values())
        while (line[0] !== undefined) {
          const { outcome } = await dispatcher.forward(line[0]).done
          if (outcome !== 'answered') break
          line.shift()
        }
    },
    isEmpty: () => [...waiting.values()].every((line) => line.length === 0),
  }
}

describe('A dispatcher', () => {
  it('brings everything to its developer, in the order of its conversation, whoever comes, goes and is away', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { broker, dispatcher, got, comes, vanishes, setAway } = relay()
        const queue = queueOf(dispatcher)
        const sent: { readonly id: string; readonly conversation: number }[] = []
        const submitted: Promise<void>[] = []
        for (const { turns, does } of steps) {
          for (let turn = 0; turn < turns; turn += 1) await nextTurn()
          if (does.type === 'send') {
            const delivery = aMessage(`c${does.conversation}`, 'hi', { receivedAt: sent.length })
            sent.push({ id: delivery.id, conversation: does.conversation })
            submitted.push(queue.submit(`c${does.conversation}`, delivery))
          } else if (does.type === 'comes') comes(does.name)
          else if (does.type === 'vanishes') vanishes(does.name)
          else await setAway(does.type === 'broker goes')
        }
        await Promise.all(submitted)
        await setAway(false)
        NAMES.forEach(comes)
        await queue.release()
        await eventually(() => queue.isEmpty() && broker.kept().length === 0)
        for (const conversation of [0, 1, 2]) {
          const ids = sent.filter((each) => each.conversation === conversation).map(({ id }) => id)
          const mine = got.get(conversation === 1 ? 'bert' : 'anna') ?? []
          expect(mine.filter((id) => ids.includes(id))).toEqual(ids)
        }
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it('says of each delivery that its conversation goes on, sent or held, so that its developer is not forgotten', async () => {
    const { broker, dispatcher, comes } = relay()
    await dispatcher.forward(aMessage('c0')).done
    comes('anna')
    await dispatcher.forward(aMessage('c0')).done
    await dispatcher.forward(aMessage(null)).done
    expect(broker.goingOn).toEqual(['c0', 'c0'])
  })

  it.each([
    [17_999, '200 late'],
    [18_000, '200 received\n'],
  ])('gives the answer of a bot that comes before 18 s: after %d ms it is %j', async (ms, expected) => {
    const clock = createFakeClock()
    const broker = memoryBroker()
    let answer: (given: Answer) => void = () => undefined
    const send = (): Live => {
      const given = new Promise<Answer>((resolve) => {
        answer = resolve
      })
      return { answer: given, abort: (why) => answer({ taken: false, why }) }
    }
    const isHere = (): boolean => broker.kept().length === 0
    const dispatcher = dispatcherAt(broker, { isHere, choose: () => 'anna', send }, clock)
    const { done } = dispatcher.forward(aMessage('c1'))
    await nextTurn()
    await nextTurn()
    await clock.pass(ms)
    answer({ taken: true, reply: reply(200, 'late') })
    const attempt = await done
    expect(attempt.outcome === 'answered' && `${attempt.reply.status} ${attempt.reply.body.toString()}`).toBe(expected)
  })
})

describe('What is held for developers', () => {
  /** A relay with these developers, each with as many conversations as are held for them, in turn. */
  async function withHeld(perDeveloper: number, send: (owner: string, delivery: Delivery) => Promise<Answer>) {
    const broker = memoryBroker()
    const here = new Set<string>()
    for (let n = 0; n < perDeveloper; n += 1)
      for (const name of NAMES) await broker.held.append(name, `${name}-${n}`, aMessage(`${name}-${n}`))
    const dispatcher = dispatcherAt(broker, {
      isHere: (owner) => here.has(owner),
      choose: () => null,
      send: (owner, delivery) => ({ answer: send(owner, delivery), abort: () => undefined }),
    })
    await dispatcher.refresh(neverAborted())
    return { broker, here, dispatcher }
  }

  it('goes to one while the bot of another takes nothing, however much is held for that one', async () => {
    const { dispatcher, here } = await withHeld(100, async (owner) => ({
      taken: true,
      reply: reply(owner === 'anna' ? 503 : 200, ''),
    }))
    for (const name of NAMES) {
      here.add(name)
      dispatcher.drain(name)
    }
    await eventually(() => dispatcher.count('bert').held === 0)
    expect(dispatcher.count('anna').held).toBe(100)
    here.clear()
  })

  it('goes to one when another, whose turn it was, has left', async () => {
    const { dispatcher, here } = await withHeld(200, async (owner) => {
      if (owner === 'anna') here.delete(owner)
      return { taken: owner === 'bert', reply: reply(200, ''), why: 'gone' }
    })
    for (const name of NAMES) here.add(name)
    for (const name of NAMES) dispatcher.drain(name)
    await eventually(() => dispatcher.count('bert').held === 0)
  })

  it('is sent even where the broker had kept it before, and only its word for that was lost', async () => {
    const { broker, here, dispatcher } = await withHeld(0, async () => ({ taken: true, reply: reply(200, '') }))
    const { append } = broker.held
    const delivery = aMessage('c1')
    await broker.assignments.change('c1', null, 'anna')
    broker.held.append = async (...kept) => {
      await append(...kept)
      throw new Error('timeout')
    }
    expect((await dispatcher.forward(delivery).done).outcome).toBe('refused')
    broker.held.append = append
    expect((await dispatcher.forward(delivery).done).outcome).toBe('answered')
    here.add('anna')
    dispatcher.drain('anna')
    await eventually(() => broker.kept().length === 0)
  })

  it('leaves the conversations of others alone where the broker does not take it', async () => {
    const { broker, here, dispatcher } = await withHeld(0, async () => ({ taken: true, reply: reply(200, '') }))
    await broker.assignments.change('c1', null, 'anna')
    await broker.assignments.change('c2', null, 'bert')
    broker.held.append = async () => Promise.reject(new Error('no storage left'))
    here.add('bert')
    const refused = await dispatcher.forward(aMessage('c1')).done
    expect(refused).toMatchObject({ outcome: 'refused', alone: true, reason: 'it could not be held: no storage left' })
    expect((await dispatcher.forward(aMessage('c2')).done).outcome).toBe('answered')
  })

  it('is in order, too, when one that was sent before comes back after the next one came in', async () => {
    const answers: ((answer: Answer) => void)[] = []
    const { broker, here, dispatcher } = await withHeld(0, () => new Promise((resolve) => void answers.push(resolve)))
    await broker.assignments.change('c1', null, 'anna')
    here.add('anna')
    const deliveries = ['1', '2', '3', '4'].map((text) => aMessage('c1', text))
    const [one, two] = deliveries.slice(0, 2).map((delivery) => dispatcher.forward(delivery).done)
    await eventually(() => answers.length === 2)
    here.delete('anna')
    answers[0]?.({ taken: false, why: 'nobody is there' })
    await one
    const rest = deliveries.slice(2).map((delivery) => dispatcher.forward(delivery).done)
    for (let turn = 0; turn < 5; turn += 1) await nextTurn()
    answers[1]?.({ taken: false, why: 'nobody is there' })
    await Promise.all([two, ...rest])
    expect(broker.kept().map(({ delivery }) => delivery.id)).toEqual(deliveries.map(({ id }) => id))
  })
})
