// `createSandbox`, which loads what it is made of when it is called: a file of tests that only imports the kit is not kept waiting.
import type { Sandbox, SandboxOptions } from './types/types.ts'

/**
 * Opens a platform of its own, in this process and on a loopback port, with one organization, one bot and a team, and connects the bot
 * if `command` or `forwardTo` says which one. Rejects with a `DevHookError` when an option is wrong or the bot cannot be reached; nothing
 * is left running then.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { openKitSandbox, withRemedy } = await import('./open-sandbox.ts')
  try {
    return await openKitSandbox(options)
  } catch (error) {
    throw withRemedy(error)
  }
}
