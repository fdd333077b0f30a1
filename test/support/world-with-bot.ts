// A run with a recording bot in a world of its own, and other dev-hook commands beside it, which share its state folder.

import { onTestFinished } from 'vitest'
import { type CliEnd, startCli } from './cli/cli.ts'
import { folderForTest } from './folder.ts'
import { recordingBotForTest } from './platform/sandboxes.ts'
import { type TestWorld, worldForTest } from './world.ts'

export interface WorldWithBot {
  readonly world: TestWorld
  readonly bot: Awaited<ReturnType<typeof recordingBotForTest>>
  /** Where the record is kept. */
  readonly env: Readonly<Record<string, string>>
  /** Runs a dev-hook command to its end. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliEnd>
  /** Starts the run, without a command for the bot. */
  start(args?: readonly string[]): ReturnType<TestWorld['start']>
}

/** Opens it; the bot listens. */
export async function worldWithBotForTest(): Promise<WorldWithBot> {
  const world = await worldForTest()
  const bot = await recordingBotForTest({ port: world.port })
  const env = { ...world.env, XDG_STATE_HOME: await folderForTest() }
  return {
    world,
    bot,
    env,
    run: async (args, more = {}) => (await startCli({ args, env: { ...env, ...more } })).ended,
    start: async (args = []) => {
      const cli = await world.start({ command: null, args, env })
      // In order: its watchdog must not write into the folder that is taken away next.
      onTestFinished(async () => {
        cli.kill('SIGINT')
        await cli.ended
      })
      return cli
    },
  }
}
