import { describe, expect, it } from 'vitest'
import { type Cli, type CliEnd, startCli } from '../support/cli/cli.ts'
import { killWithWatchdog, putToSleep, wakeUp } from '../support/cli/machine.ts'
import { folderForTest } from '../support/folder.ts'
import { registrationOf } from '../support/leftovers.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

/** A machine of its own: its home, its tunnel, and the run that it has now. */
interface Machine {
  readonly name: string
  readonly tunnel: readonly string[]
  readonly state: string
  run: Cli | null
}

const runOf = ({ name, run }: Machine): Cli => {
  if (run === null) throw new Error(`nothing runs on ${name}`)
  return run
}

type Action = (machine: Machine, world: TestWorld) => Promise<void>

const command = async ({ state }: Machine, world: TestWorld, ...args: readonly string[]): Promise<CliEnd> =>
  (await startCli({ args, env: { ...world.env, XDG_STATE_HOME: state } })).ended

const ACTIONS = {
  starts: async (machine, world) => {
    const { state, tunnel: args } = machine
    machine.run = await world.start({ command: null, args, env: { XDG_STATE_HOME: state } })
    await machine.run.notice('ready')
  },
  sleeps: (machine) => putToSleep(runOf(machine)),
  wakes: (machine) => wakeUp(runOf(machine)),
  ends: async (machine) => {
    const run = runOf(machine)
    machine.run = null
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(0)
  },
  /** The daemon alone: its watchdog restores, and is gone. */
  'is killed': async (machine) => {
    const run = runOf(machine)
    machine.run = null
    run.kill('SIGKILL')
    await run.ended
    await eventually(async () => (await processesOf(run.home)).length === 0)
  },
  'is killed with its watchdog': async (machine) => {
    const run = runOf(machine)
    machine.run = null
    await killWithWatchdog(run)
  },
  restores: async (machine, world) => {
    expect((await command(machine, world, 'restore')).code).toBe(0)
  },
} as const satisfies Readonly<Record<string, Action>>

const isAction = (name: string): name is keyof typeof ACTIONS => Object.hasOwn(ACTIONS, name)

/** Does `A starts, A sleeps, B starts …`. */
async function play(story: string, machines: readonly Machine[], world: TestWorld): Promise<void> {
  for (const step of story.split(', ')) {
    const [name, ...words] = step.split(' ')
    const machine = machines.find((one) => one.name === name)
    const action = words.join(' ')
    if (machine === undefined || !isAction(action)) throw new Error(`not a step: ${step}`)
    await ACTIONS[action](machine, world)
  }
}

const ngrokName = (name: string): readonly string[] => ['--domain', `${name}.example.app`]

async function sceneForTest(tunnelOf = ngrokName) {
  const world = await worldForTest()
  const machines: Machine[] = []
  for (const name of ['A', 'B', 'C'])
    machines.push({ name, tunnel: tunnelOf(name), state: await folderForTest(), run: null })
  return { world, machines, before: registrationOf(world) }
}

describe('Machines that share a bot, some of them asleep', () => {
  it.each([
    ['the first wakes after the second has ended', 'A starts, A sleeps, B starts, B ends, A wakes, A ends'],
    ['the first wakes and ends before the second', 'A starts, A sleeps, B starts, A wakes, A ends, B ends'],
    ['the second is killed', 'A starts, A sleeps, B starts, B is killed, A wakes, A ends'],
    ['nobody restores for the second', 'A starts, A sleeps, B starts, B is killed with its watchdog, A wakes, A ends'],
    ['the first dies in its sleep', 'A starts, A sleeps, B starts, A is killed with its watchdog, B ends, A restores'],
    [
      'the first wakes while two others sleep and run',
      'A starts, A sleeps, B starts, B sleeps, C starts, A wakes, A ends, C ends, B wakes, B ends, A restores',
    ],
    [
      'they wake in the order in which they fell asleep',
      'A starts, A sleeps, B starts, B sleeps, C starts, C ends, A wakes, A ends, B wakes, B ends',
    ],
    [
      'the last is killed, and the others die in their sleep',
      'A starts, A sleeps, B starts, B sleeps, C starts, C is killed, B is killed with its watchdog, A is killed with its watchdog, B restores, A restores',
    ],
  ])('give production back when %s', async (_, story) => {
    const { world, machines, before } = await sceneForTest()
    await play(story, machines, world)
    expect(registrationOf(world)).toEqual(before)
    for (const machine of machines) expect((await command(machine, world, 'restore')).code).toBe(0)
    for (const machine of machines) expect((await command(machine, world, 'status')).code).toBe(0)
    expect(registrationOf(world)).toEqual(before)
  })

  it('put a URL back that hangs, and say that it is there', async () => {
    // The system accepts the connections of a gateway that is stopped: the platform waits for as long as it ever does.
    const { world, machines, before } = await sceneForTest(() => ['--tunnel', 'loopback'])
    await play('A starts, A sleeps, B starts', machines, world)
    const notices = machines[1]?.run?.notices
    await play('B ends', machines, world)
    expect(notices?.find(({ type }) => type === 'restored')).toMatchObject({ result: 'restored' })
    expect(notices?.flatMap((notice) => ('code' in notice ? [notice.code] : []))).toContain(
      'DEVHOOK_RESTORED_UNVERIFIED',
    )
    await play('A wakes, A ends', machines, world)
    expect(registrationOf(world)).toEqual(before)
  })

  it('have their deliveries again when they wake, though their URL did not verify while they slept', async () => {
    const { world, machines } = await sceneForTest()
    const { platform } = world
    const statusNow = (): unknown => Object(platform.registration()).status
    await play('A starts, A sleeps, B starts, B ends', machines, world)
    expect(statusNow()).toBe('unverified')
    await play('A wakes', machines, world)
    // The network has forgotten its connections meanwhile.
    world.edge.faults.drop('reset')
    await eventually(() => statusNow() === 'active')
    await play('A ends', machines, world)
  })
})
