// Several dev-hooks one behind the other, leaving in any order and in any way, against a model of who is left.
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runIdOf } from '../../../src/core/hook-url.ts'
import type { Registration } from '../../../src/core/ports.ts'
import { decodeAncestors, type Join } from '../../../src/platform/webhook/ancestors.ts'
import type { HandDown } from '../../../src/platform/webhook/hand-down.ts'
import type { OwnerProbe } from '../../../src/platform/webhook/owner.ts'
import { restoreFromSnapshot } from '../../../src/platform/webhook/restore.ts'
import { readSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import { folderForTest } from '../../support/folder.ts'
import { type PlatformBench, startPlatformBench } from '../../support/platform/platform-bench.ts'
import { BOT_ID } from '../../support/platform/sandbox-documents.ts'

const PRODUCTION = 'https://bots.example/hook'
const hook = { url: PRODUCTION, secret: 'secret-before', events: ['a.*'], status: 'active' }
const bot = { id: BOT_ID, name: 'Jenny', webhook: hook }

let bench: PlatformBench
beforeEach(async () => {
  bench = await startPlatformBench({ bot })
})
afterEach(() => bench.close())

/** In order; killed, so that its watchdog does it; with its whole machine, so that only the others can. */
type Leaving = 'ends' | 'killed' | 'lost'

interface Link {
  readonly name: string
  /** Its public URL, which changes when it moves. */
  url: string
  readonly folder: string
  readonly registration: Registration
}

/** The runs that are left, the one behind all others first; what the webhook and each of them has to point to follows from it. */
const expectedOf = (left: readonly Link[]) => ({
  webhook: left.at(-1)?.url ?? PRODUCTION,
  formers: left.map((_, i) => left[i - 1]?.url ?? PRODUCTION),
})

async function openChain(size: number) {
  const living = new Map<string, Link>()
  /** Who is reached at a URL: nobody at one that its run had before. */
  const at = (url: string): Registration | undefined => {
    const link = living.get(runIdOf(url) ?? '')
    return link?.url === url ? link.registration : undefined
  }
  const probe: OwnerProbe = async (url) => ({ answers: at(url) !== undefined, who: 'jo@desk pid 7' })
  const handDown: HandDown = async ({ url, snapshot, via = [] }) =>
    (await at(url)?.takeHandedDown(snapshot, via)) ?? false
  const join: Join = async ({ url }) => {
    const ancestors = decodeAncestors(at(url)?.ancestry() ?? '')
    return ancestors === null ? { refusal: 'it cannot' } : { ancestors }
  }
  const links: Link[] = []
  for (let n = 0; n < size; n++) {
    const folder = await folderForTest()
    const run = await bench.run({ folder, probe, handDown, join, lookAgainMs: 1 })
    const url = run.url(`https://run${n}.ngrok.example`)
    await run.registration.claim(url, null, bench.signal)
    const link = { name: `run ${n}`, url, folder, registration: run.registration }
    living.set(run.address.runId, link)
    links.push(link)
  }

  const shown = () => ({
    webhook: Object(bench.documents.bot)['webhook'].url,
    formers: links.filter(({ url }) => at(url)).map(({ registration }) => registration.former()?.url),
  })

  async function leave(link: Link, how: Leaving): Promise<void> {
    const { url, folder, registration } = link
    if (how === 'ends') await registration.restore()
    living.delete(runIdOf(url) ?? '')
    if (how !== 'killed') return
    const { snapshot } = await readSnapshot(folder)
    if (snapshot === null) throw new Error('a run that was killed has left no snapshot')
    const { client, signal } = bench
    await restoreFromSnapshot({ client, snapshot, folder, probe, handDown, emit: () => undefined }, signal)
  }

  /** Gives a run another public URL, as its tunnel may. */
  async function move(link: Link): Promise<void> {
    const { hostname } = new URL(link.url)
    link.url = link.url.replace(hostname, `moved-${hostname}`)
    if ((await link.registration.check(bench.signal)) === 'ours')
      await link.registration.claim(link.url, null, bench.signal)
    else expect(await link.registration.moved(link.url, bench.signal)).toBe(true)
  }

  /** What those who are left do once a minute. */
  async function check(left: readonly Link[]): Promise<void> {
    for (const { url, registration } of left) {
      const found = await registration.check(bench.signal)
      await registration.checkNeighbour(bench.signal)
      if (found === 'abandoned') await registration.claim(url, null, bench.signal)
    }
  }
  return { links, shown, leave, move, check }
}

/**
 * Lets the runs leave one after the other, and compares with the model after each; before each leaves, the one of that number in `moves`
 * among those who are left gets another URL.
 */
async function play(
  order: readonly number[],
  ways: readonly Leaving[],
  moves: readonly (number | null)[] = [],
): Promise<void> {
  bench.documents.bot = structuredClone(bot)
  const { links, shown, leave, move, check } = await openChain(order.length)
  expect(shown()).toEqual(expectedOf(links))
  let left: readonly Link[] = links
  for (const [i, n] of order.entries()) {
    const link = links[n]
    if (link === undefined) throw new Error('there is no such run')
    const how = ways[i] ?? 'ends'
    const moving = left[(moves[i] ?? Number.NaN) % left.length]
    if (moving !== undefined) {
      await move(moving)
      expect(shown(), `after ${moving.name} has moved`).toEqual(expectedOf(left))
    }
    await leave(link, how)
    left = left.filter((each) => each !== link)
    if (how === 'lost') await check(left)
    // Nobody is left to see that the last one was lost: its next start puts it right.
    if (how !== 'lost' || left.length > 0) expect(shown(), `after ${link.name} ${how}`).toEqual(expectedOf(left))
  }
  if (ways.at(-1) !== 'lost') expect(bench.documents.bot).toEqual(bot)
}

function ordersOf(size: number): number[][] {
  if (size === 0) return [[]]
  return ordersOf(size - 1).flatMap((order) =>
    Array.from({ length: size }, (_, at) => [...order.slice(0, at), size - 1, ...order.slice(at)]),
  )
}

describe('A chain of dev-hooks', () => {
  it.each(ordersOf(3).map((order) => [order.join(', '), order] as const))(
    'of three closes each gap when they leave in the order %s, one of them killed',
    async (_, order) => {
      for (const killed of [0, 1, 2])
        await play(
          order,
          order.map((n) => (n === killed ? 'killed' : 'ends')),
        )
    },
  )

  it('of up to five closes each gap, however they leave, and follows whoever gets another public URL', async () => {
    const way = fc.constantFrom<Leaving>('ends', 'killed', 'lost')
    const play1 = fc
      .integer({ min: 1, max: 5 })
      .chain((size) =>
        fc.tuple(
          fc.shuffledSubarray(
            Array.from({ length: size }, (_, n) => n),
            { minLength: size },
          ),
          fc.array(way, { minLength: size, maxLength: size }),
          fc.array(fc.option(fc.nat(4)), { minLength: size, maxLength: size }),
        ),
      )
      .filter(([, ways]) => ways.at(-1) !== 'lost')
    await fc.assert(
      fc.asyncProperty(play1, ([order, ways, moves]) => play(order, ways, moves)),
      { numRuns: 60 },
    )
  })

  it('puts production back where two leave at once, and tell one another too late', async () => {
    const { links, shown, leave } = await openChain(3)
    const [first, second, third] = links
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were opened')
    await Promise.all([leave(first, 'ends'), leave(second, 'ends')])
    await leave(third, 'ends')
    expect(shown().webhook).toBe(PRODUCTION)
  })
})
