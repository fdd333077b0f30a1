// Runs of several machines on one bot, in any order of sleeping, waking, ending and dying: production comes back in the end.
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createHookAddress, hookUrl } from '../../../src/core/hook-url.ts'
import { valueIn } from '../../../src/core/json.ts'
import type { Registration } from '../../../src/core/ports.ts'
import { permitClaim } from '../../../src/daemon/start/claim-permission.ts'
import { type Client, createClient } from '../../../src/platform/api/client.ts'
import type { HandDown } from '../../../src/platform/webhook/hand-down.ts'
import type { OwnerProbe } from '../../../src/platform/webhook/owner.ts'
import { openRegistration } from '../../../src/platform/webhook/registration.ts'
import { restoreFromSnapshot } from '../../../src/platform/webhook/restore.ts'
import { readSnapshot } from '../../../src/platform/webhook/snapshot.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { folderForTest } from '../../support/folder.ts'
import { sandboxForTest } from '../../support/platform/sandboxes.ts'

const { signal } = new AbortController()
const emit = (): void => undefined
/** Refuses connections, so that the platform verifies none of these URLs and is done at once. */
const NOWHERE = 'http://127.0.0.1:1'

interface Run {
  readonly registration: Registration
  readonly url: string
  readonly awake: boolean
}

interface Machine {
  readonly folder: string
  run: Run | null
}

interface World {
  readonly platform: Sandbox
  readonly client: Client
  readonly machines: readonly Machine[]
}

async function worldForTest(platform: Sandbox, machines: number): Promise<World> {
  const throttle = { acquire: async () => {}, pause: () => {} }
  const tokens = { token: platform.token }
  const client = createClient({ apiHost: platform.api, tokens, userAgent: 'test', throttle })
  onTestFinished(() => client.close())
  const folders = await Promise.all(Array.from({ length: machines }, () => folderForTest()))
  return { platform, client, machines: folders.map((folder) => ({ folder, run: null })) }
}

/** Only who is awake answers. */
const probeIn =
  ({ machines }: World): OwnerProbe =>
  async (url) => ({ answers: machines.some(({ run }) => run?.url === url && run.awake), who: null })

/** Only who is awake is told anything. */
const handDownIn =
  ({ machines }: World): HandDown =>
  async ({ url, snapshot }) => {
    const other = machines.find(({ run }) => run?.url === url && run.awake)
    return (await other?.run?.registration.takeHandedDown(snapshot, [])) ?? false
  }

async function open(world: World, { folder }: Machine) {
  const { client, platform } = world
  const address = createHookAddress()
  const options = { client, kind: 'bot', botId: platform.botId, folder, address, emit } as const
  const found = {
    serviceName: 'dev-hook test',
    webhookPath: null,
    secret: null,
    probe: probeIn(world),
    handDown: handDownIn(world),
  }
  const registration = await openRegistration({ ...options, ...found }, signal)
  return { registration, url: hookUrl(NOWHERE, address) }
}

/** Starts a run, or does nothing while a live one of another machine has the bot. */
async function start(world: World, machine: Machine): Promise<void> {
  const { registration, url } = await open(world, machine)
  const { owner } = registration
  try {
    await permitClaim(
      { owner, takeOver: false, restore: true, only: false, ask: async () => true, folder: machine.folder, emit },
      signal,
    )
  } catch {
    await registration.restore()
    return
  }
  await registration.claim(url, null, signal)
  machine.run = { registration, url, awake: true }
}

/** Starts a run with `--take-over`: a live one of another machine is asked to end first. */
async function takeOver(world: World, machine: Machine): Promise<void> {
  const { owner } = (await open(world, machine)).registration
  const other = world.machines.find(({ run }) => 'url' in owner && run?.awake === true && run.url === owner.url)
  if (other !== undefined) await end(other)
  await start(world, machine)
}

async function end(machine: Machine): Promise<void> {
  const { run } = machine
  machine.run = null
  await run?.registration.restore()
}

/** What `dev-hook restore` and the watchdog of a dead run do. */
async function restore(world: World, { folder }: Machine): Promise<void> {
  const { snapshot } = await readSnapshot(folder)
  if (snapshot === null) return
  const others = { probe: probeIn(world), handDown: handDownIn(world) }
  await restoreFromSnapshot({ client: world.client, snapshot, folder, ...others, emit }, signal)
}

async function die(machine: Machine): Promise<void> {
  machine.run = null
}

async function setAwake(machine: Machine, awake: boolean): Promise<void> {
  if (machine.run !== null) machine.run = { ...machine.run, awake }
}

type Phase = 'off' | 'awake' | 'asleep'
type Action = (world: World, machine: Machine) => Promise<unknown>

/** What may happen to a machine in each phase of its run. */
const ACTIONS: Readonly<Record<Phase, Readonly<Record<string, Action>>>> = {
  off: { start, takeOver, restore },
  awake: {
    sleep: (_, machine) => setAwake(machine, false),
    check: (_, { run }) => Promise.resolve(run?.registration.check(signal)),
    end: (_, machine) => end(machine),
    die: (_, machine) => die(machine),
  },
  asleep: {
    wake: (_, machine) => setAwake(machine, true),
    die: (_, machine) => die(machine),
  },
}

const phaseOf = ({ run }: Machine): Phase => (run === null ? 'off' : run.awake ? 'awake' : 'asleep')

/** One thing that happens: the machine, and which of the actions of its phase. */
interface Step {
  readonly machine: number
  readonly choice: number
}

/** Takes a step; returns its name, for the report of a counterexample. */
async function take(world: World, { machine: index, choice }: Step): Promise<string> {
  const machine = world.machines[index]
  const actions = machine === undefined ? [] : Object.entries(ACTIONS[phaseOf(machine)])
  const [name, act] = actions[choice % actions.length] ?? []
  if (machine === undefined || act === undefined) throw new Error(`no machine ${index}`)
  await act(world, machine)
  return `${index} ${name}`
}

const registeredIn = ({ platform }: World): unknown => ({ ...Object(platform.registration()), updatedAt: null })

/** The URLs that the machines still owe the platform. */
async function owedBy({ machines }: World): Promise<readonly unknown[]> {
  const found = await Promise.all(machines.map(({ folder }) => readSnapshot(folder)))
  return found.flatMap(({ snapshot }) => (snapshot === null ? [] : [valueIn(snapshot.before, 'url')]))
}

const steps = (machines: number): fc.Arbitrary<Step[]> =>
  fc.array(fc.record({ machine: fc.nat(machines - 1), choice: fc.nat(11) }), { minLength: 3, maxLength: 18 })

const order = (machines: number): fc.Arbitrary<number[]> =>
  fc.shuffledSubarray([...Array(machines).keys()], { minLength: machines })

async function playThrough(world: World, taken: readonly Step[], last: readonly number[]): Promise<void> {
  const { platform } = world
  const before = registeredIn(world)
  const production = valueIn(platform.registration(), 'url')
  const names: string[] = []
  for (const step of taken) {
    names.push(await take(world, step))
    const registered = valueIn(platform.registration(), 'url')
    expect([registered, ...(await owedBy(world))], names.join(', ')).toContain(production)
    // A silent dev-hook gets its URL back: whoever ends never leaves a bot that had a webhook without one.
    if (production !== '') expect(registered, names.join(', ')).not.toBe('')
  }
  // The others may be asleep meanwhile.
  const inOrder = last.flatMap((index) => world.machines[index] ?? [])
  for (const machine of inOrder) {
    await setAwake(machine, true)
    await end(machine)
  }
  // Who ended while another dev-hook had the webhook, or died, has left it to this.
  for (const machine of inOrder) await restore(world, machine)
  expect(registeredIn(world), names.join(', ')).toEqual(before)
  expect(await owedBy(world)).toEqual([])
}

describe('the production webhook', () => {
  it.each([
    [2, 'a webhook', 60],
    [3, 'a webhook', 60],
    [3, 'no webhook', 40],
  ])(
    'is back once %i machines that slept, woke, ended and died in any order are done (%s)',
    async (count, what, numRuns) => {
      const platform = await sandboxForTest(what === 'a webhook' ? {} : { registered: null })
      const world = await worldForTest(platform, count)
      await fc.assert(
        fc.asyncProperty(steps(count), order(count), (taken, last) => playThrough(world, taken, last)),
        { numRuns },
      )
    },
    120_000,
  )
})
