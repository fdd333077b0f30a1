import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { startCli } from '../support/cli/cli.ts'
import { CTRL_C, CTRL_D, CTRL_Z, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { recordingBotForTest } from '../support/platform/sandboxes.ts'
import { processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

/** Wide enough for every line. */
const start = (
  env: Readonly<Record<string, string>>,
  options: { readonly args?: readonly string[]; readonly home?: string; readonly inShell?: boolean } = {},
): ReturnType<typeof startTerminal> => startTerminal({ args: [], columns: 200, env, ...options })

/** Waits this long for a key to be heard, in looks, before it is pressed again. */
const LOOKS = 200

/** Presses a key, again where it was not heard: what arrives together with other keys counts as pasted. */
async function press(terminal: TestTerminal, key: string, what: string): Promise<void> {
  let looks = 0
  await eventually(() => {
    if (terminal.shown().includes(what)) return true
    if (looks++ % LOOKS === 0) terminal.type(key)
    return false
  })
}

const QUESTION =
  'The webhook points to https://bots.example.com/hook. Until you quit, that server gets no events. Point it here, and put it back when you quit? [y/N] '

// What is left running is found in /proc.
describe.runIf(process.platform === 'linux')('at a terminal', () => {
  it('a yes takes the webhook, keys work after it, and the yes is remembered', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const first = await start(world.env)
    await first.shows(QUESTION)
    expect(registrationOf(world)).toEqual(before)
    first.type('y\r')
    await first.shows('q or Ctrl-C, the webhook is put back')
    expect(first.shown()).toContain('(nothing listens yet: deliveries are held)')
    await first.shows('p pause  ? help  q quit')
    // What is pasted is no key: not `p`, nor `q`.
    first.type('please quit\r')
    await press(first, '?', 'restart the bot')
    expect(first.shown()).not.toContain('paused')
    first.type('q')
    expect(await first.ended).toBe(0)
    expect(first.shown()).toMatch(/0 deliveries, 0 held, 0 lost, webhook restored\n$/)
    await expectNothingLeft(world, first, before)

    const second = await start(world.env, { home: first.home })
    await second.shows(
      /as you agreed on \d{4}-\d\d-\d\d: https:\/\/bots\.example\.com\/hook gets no events until you quit/,
    )
    await second.shows('Ready in')
    expect(second.shown()).not.toContain('[y/N]')
    second.type(CTRL_C)
    expect(await second.ended).toBe(0)
    await expectNothingLeft(world, second, before)

    const remembered = `bot ${world.platform.botId} at ${new URL(world.platform.api).origin} may take https://bots.example.com/hook`
    const list = await start(world.env, { home: first.home, args: ['status', '--consents'] })
    await list.shows(remembered)
    await list.ended
    const forget = await start(world.env, { home: first.home, args: ['status', '--forget'] })
    await forget.shows(`forgotten: ${remembered}`)
    await forget.ended
    const none = await start(world.env, { home: first.home, args: ['status', '--consents'] })
    await none.shows('no consent is remembered')
    await none.ended
  })

  it.each([
    ['a no', 'n\r', 7],
    ['just Enter', '\r', 7],
    ['Ctrl-D', CTRL_D, 7],
    ['Ctrl-C', CTRL_C, 0],
  ] as const)('%s at the question leaves the webhook alone', async (_, keys, code) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const run = await start(world.env)
    await run.shows(QUESTION)
    run.type(keys)
    expect(await run.ended).toBe(code)
    expect(run.shown().includes('→ use `--take-over`')).toBe(code === 7)
    expect(run.shown()).not.toContain('deliveries')
    expect(world.platform.calls.filter(({ method }) => method !== 'GET')).toEqual([])
    await expectNothingLeft(world, run, before)
  })

  it('an end that takes its time says so, and a second Ctrl-C leaves the rest to the watchdog', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const run = await start(world.env, { args: ['--take-over'] })
    await run.shows('Ready in')
    world.platform.faults.add({ delayMs: 60_000 })
    run.type(CTRL_C)
    await run.shows('stopping in order … (Ctrl-C again stops at once)')
    // Within a second it is taken for an echo of the first.
    await sleep(1_000)
    world.platform.faults.clear()
    run.type(CTRL_C)
    expect(await run.ended).toBe(130)
    expect(run.shown()).toContain('the watchdog puts the webhook back')
    await eventually(async () => (await processesOf(run.home)).length === 0)
    await expectNothingLeft(world, run, before)
  })

  it('t makes the event that was triggered last once more', async () => {
    const world = await worldForTest()
    const bot = await recordingBotForTest({ port: world.port })
    const run = await start(world.env, { args: ['--take-over'] })
    await run.shows('Ready in')
    await press(run, 't', 'nothing was triggered in this run yet')
    const env = { ...world.env, XDG_STATE_HOME: join(run.home, 'state') }
    const { code } = await (await startCli({ args: ['trigger', 'chat', 'again and again'], env })).ended
    expect(code).toBe(0)
    run.type('t')
    const [first, second] = await bot.waitFor(2)
    expect(String(second?.body)).toContain('again and again')
    expect(JSON.parse(String(second?.body)).id).not.toBe(JSON.parse(String(first?.body)).id)
    run.type('q')
    expect(await run.ended).toBe(0)
  })

  it('Ctrl-Z gives the terminal back as it was, and the keys work again when the shell goes on with it', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const shell = await start(world.env, { args: ['--take-over'], inShell: true })
    await shell.shows('Ready in')
    shell.type(CTRL_Z)
    await shell.shows('Stopped')
    shell.type('stty -a\r')
    await shell.shows(/[^-]icanon[\s\S]*[^-]echo /)
    shell.type('fg\r')
    await press(shell, '?', 'this help')
    shell.type('q')
    // Until the shell has the terminal again, what is typed may go to either.
    await shell.shows(/webhook restored\s+bash/)
    shell.type('exit\r')
    expect(await shell.ended).toBe(0)
    await expectNothingLeft(world, shell, before)
  })

  it('an end without the platform prints the command that restores', async () => {
    const world = await worldForTest()
    const run = await start(world.env, { args: ['--take-over'] })
    await run.shows('Ready in')
    world.platform.faults.add({ status: 404, body: { error: { message: 'Bot not found' } } })
    run.type(CTRL_C)
    expect(await run.ended).toBe(6)
    const { botId, api } = world.platform
    expect(run.shown()).toContain(`run \`dev-hook restore --bot ${botId} --api-host ${api}\``)
    expect(run.shown()).toMatch(/webhook NOT restored\n$/)
  })
})
