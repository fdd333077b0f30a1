import { describe, expect, it } from 'vitest'
import type { Cli } from '../support/cli/cli.ts'
import { type Planned, type Received, sendAll } from '../support/relay/simulated-platform.ts'
import { type Logged, type Team, type TeamMember, teamForTest } from '../support/relay/team.ts'
import { eventually } from '../support/wait.ts'

const NAMES = ['anna', 'bert', 'carla'] as const
const CONVERSATIONS = 300
const ROUNDS = 2
const PER_SECOND = 50

/** So many messages in each conversation, of which a third belongs to each developer. */
const plan = (): readonly Planned[] =>
  Array.from({ length: CONVERSATIONS * ROUNDS }, (_, i) => {
    const conversation = i % CONVERSATIONS
    const name = NAMES[conversation % NAMES.length] ?? 'anna'
    return { conversation: `c${conversation}`, text: `${name} ${Math.floor(i / CONVERSATIONS)}` }
  })

/** The URL of the webhook, where it is that of a relay. */
function webhookOf({ platform }: Team): string | null {
  const registration: unknown = platform.registration()
  const url = Object(registration).url
  return typeof url === 'string' && url.includes('127.0.0.1') ? url : null
}

interface Run {
  readonly team: Team
  relay: Cli
  readonly members: Map<string, TeamMember>
}

async function begin(): Promise<Run> {
  const team = await teamForTest()
  const relay = await team.relay(['--hold', '1s'])
  const members = new Map<string, TeamMember>()
  for (const name of NAMES) members.set(name, await join(team, name))
  return { team, relay, members }
}

const join = (team: Team, name: string): Promise<TeamMember> =>
  team.developer(name, { args: ['--only', `text:${name}`] })

async function logsOf(run: Run): Promise<readonly (Logged & { readonly name: string })[]> {
  const all = await Promise.all(
    [...run.members].map(async ([name, member]) => (await member.log()).map((logged) => ({ ...logged, name }))),
  )
  return all.flat()
}

/** Sends everything while something is killed, and waits until everything has arrived. */
async function sendWhile(run: Run, kill: () => Promise<void>): Promise<readonly Received[]> {
  const { team } = run
  const secret = team.platform.secret() ?? ''
  const sending = sendAll(plan(), { url: () => webhookOf(team), secret, perSecond: PER_SECOND })
  await kill()
  const received = await sending
  const arrived = async (): Promise<number> => new Set((await logsOf(run)).map(({ id }) => id)).size
  await eventually(async () => (await arrived()) === received.length)
  return received
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Each with its own developer, and in the order of its conversation. */
async function expectInPlace(run: Run, received: readonly Received[]): Promise<readonly string[]> {
  const logs = await logsOf(run)
  expect(logs.filter(({ isRight, text, name }) => !isRight || !text.startsWith(name))).toEqual([])
  const seen = new Set<string>()
  const twice: string[] = []
  const order = new Map<string, string[]>()
  for (const { id, conversation, text } of logs) {
    if (seen.has(id)) {
      twice.push(id)
      continue
    }
    seen.add(id)
    order.set(conversation, [...(order.get(conversation) ?? []), text])
  }
  expect(seen.size).toBe(received.length)
  const wrong = [...order.values()].filter((texts) => texts.join() !== texts.toSorted().join())
  expect(wrong).toEqual([])
  return twice
}

describe('A relay with three developers, 300 conversations and 50 deliveries a second', () => {
  it('loses, doubles and misorders nothing when broker and relay are killed', async () => {
    const run = await begin()
    const received = await sendWhile(run, async () => {
      await pause(2_000)
      await run.team.broker.kill()
      await pause(1_500)
      await run.team.broker.start()
      await pause(2_500)
      run.relay.kill('SIGKILL')
      await run.relay.ended
      run.relay = await run.team.relay(['--hold', '1s'])
    })
    expect(await expectInPlace(run, received)).toEqual([])
  }, 120_000)

  it('loses and misorders nothing when a developer is killed, and doubles at most what their bot had at that moment', async () => {
    const run = await begin()
    let killedAt = 0
    const received = await sendWhile(run, async () => {
      await pause(2_000)
      killedAt = performance.now()
      run.members.get('anna')?.cli.kill('SIGKILL')
      await run.members.get('anna')?.cli.ended
      await pause(1_000)
      run.members.set('anna', await join(run.team, 'anna'))
    })
    const twice = await expectInPlace(run, received)
    const old = received.filter(({ id, sentAt }) => twice.includes(id) && sentAt < killedAt - 1_000)
    expect(old).toEqual([])
  }, 120_000)
})
