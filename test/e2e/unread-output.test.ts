// Output that nobody reads: a terminal whose window hangs, a pipe whose reader has stopped.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CTRL_C, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { folderForTest } from '../support/folder.ts'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { isAlive, processesOf } from '../support/processes.ts'
import { eventually } from '../support/wait.ts'
import { type TestWorld, worldForTest } from '../support/world.ts'

/** A bot that prints more for each delivery than any terminal or pipe takes unread, unless it is asked softly, and then answers. */
const LOUD_BOT = `
const { createServer } = require('node:http')
const { text } = require('node:stream/consumers')
createServer(async (request, response) => {
  const body = await text(request)
  for (let n = 0; n < 5_000 && !body.includes('softly'); n += 1) console.log('x'.repeat(200))
  response.end()
}).listen(Number(process.env.PORT), '127.0.0.1')
`
const COMMAND = [process.execPath, 'loud.cjs']

async function folderOfBot(): Promise<string> {
  const cwd = await folderForTest()
  await writeFile(join(cwd, 'loud.cjs'), LOUD_BOT)
  return cwd
}

async function startRun(world: TestWorld): Promise<TestTerminal> {
  const args = ['--take-over', '--', ...COMMAND]
  const run = await startTerminal({ args, cwd: await folderOfBot(), env: world.env })
  await run.shows('Ready in')
  return run
}

/** Expects that a message reaches the bot, and its answer the platform. */
async function expectService({ platform }: TestWorld, text = 'hi'): Promise<void> {
  const before = platform.deliveries.length
  const contact = await platform.contact({ name: 'Jenny' })
  contact.send(text)
  await eventually(() => platform.deliveries.slice(before).some(({ state }) => state === 'delivered'))
}

describe('a terminal that nobody reads', () => {
  it.each([
    ['SIGINT', (run: TestTerminal) => run.kill('SIGINT')],
    ['the key Ctrl-C', (run: TestTerminal) => run.type(CTRL_C)],
    ['SIGTERM', (run: TestTerminal) => run.kill('SIGTERM')],
  ] as const)('stops neither deliveries nor the end by %s', async (_, end) => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const run = await startRun(world)
    run.stopReading()
    for (let n = 0; n < 3; n += 1) await expectService(world)
    end(run)
    expect(await run.ended).toBe(0)
    await expectNothingLeft(world, run, before)
  })

  it('is told how many lines it has missed when it is read again', async () => {
    const world = await worldForTest()
    const run = await startRun(world)
    run.stopReading()
    await expectService(world)
    run.readAgain()
    await run.shows('lines not shown')
    // What is still unread of a terminal is lost when its program ends: Node takes its end for the end of what it wrote.
    await expectService(world, 'softly')
    await run.shows('softly')
    run.kill('SIGINT')
    await run.shows('webhook restored')
    expect(await run.ended).toBe(0)
  })

  it('does not keep a second signal from ending at once', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const run = await startRun(world)
    run.stopReading()
    await expectService(world)
    run.kill('SIGINT')
    run.kill('SIGTERM')
    // So close together, the system may hand over either of them first; the other one is then the second.
    expect([130, 143]).toContain(await run.ended)
    await eventually(async () => (await processesOf(run.home)).length === 0)
    await expectNothingLeft(world, run, before)
  })
})

describe('a pipe that nobody reads', () => {
  it('stops neither deliveries nor the end', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const cli = await world.start({ cwd: await folderOfBot(), command: COMMAND })
    await cli.notice('ready')
    const readAgain = cli.stopReading()
    for (let n = 0; n < 3; n += 1) await expectService(world)
    cli.kill('SIGINT')
    await eventually(() => !isAlive(cli.pid))
    readAgain()
    expect((await cli.ended).code).toBe(0)
    await expectNothingLeft(world, cli, before)
  })
})
