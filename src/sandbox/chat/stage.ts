// What people need of the sandbox in which they are.
import type { Off } from '../../core/listeners.ts'
import type { AppContext } from '../app-context.ts'
import type { ApiCall } from '../call-log.ts'
import type { Activity } from '../time/activity.ts'
import type { SandboxDelivery } from '../webhooks/deliver.ts'

export interface Stage {
  readonly context: AppContext
  readonly activity: Activity
  readonly calls: readonly ApiCall[]
  /** The deliveries that announce a message. */
  deliveriesOf(message: string): readonly SandboxDelivery[]
  /** Calls the listener after every message in a conversation and every attempt to deliver something that happened there. */
  on(conversation: string, listener: () => void): Off
  /** Aborted when the sandbox closes; no wait is longer than that. */
  readonly closed: AbortSignal
  /** That nobody is there who could answer; `null` while that is not known. */
  absence(): Absence | null
}

/** Why nobody is there, as a sentence, and whether somebody may be any moment. */
export interface Absence {
  readonly why: string
  readonly mayCome: boolean
  /** What to do about it, where it is not what it mostly is. */
  readonly remedy?: string
}
