// `dev-hook/sandbox/vitest`: matchers that wait, for Vitest; importing it is enough.
import { expect } from 'vitest'
import { matchers } from './matchers.ts'
import type { Duration, Patience } from './types/types.ts'

/** What `expect` can be asked about people of a sandbox. All of them wait: `await` them. */
interface SandboxMatchers {
  /** Waits until a contact sees a message of somebody else's that contains this text, or matches this pattern. */
  toSee(words: string | RegExp, patience?: Patience): Promise<void>
  /** Waits until such a message is in the backchannel: of a conversation, of a contact's, or of any that an agent sees. */
  toSeeBackchannel(words: string | RegExp, patience?: Patience): Promise<void>
  /** Waits until everything has settled, without anything from the bot that the contact sees. */
  toBeSilent(quiet?: Duration): Promise<void>
  /** Whether an answer, or the next one to a contact, came within this time. */
  toHaveAnsweredWithin(limit: Duration): Promise<void>
}

declare module 'vitest' {
  interface Assertion<T> extends SandboxMatchers {}
}

expect.extend(matchers)
