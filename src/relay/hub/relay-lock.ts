// Which relay has a bot: an entry on the broker that its holder renews, and that another one may take once it is dead.
import type { JetStreamClient } from '@nats-io/jetstream'
import type { KV, KvEntry } from '@nats-io/kv'
import { repeat } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { openBucket } from '../broker/bucket.ts'
import type { BotNames } from '../wire/subjects.ts'

export interface RelayLock {
  /** Says again whose the bot is, as when the broker has come back: it may have lost that. Never rejects. */
  renew(): Promise<void>
  /** Gives the bot up. Idempotent; never rejects. */
  close(): Promise<void>
}

export interface LockRequest {
  readonly client: JetStreamClient
  readonly names: BotNames
  /** `<user>@<host>` */
  readonly who: string
  /** New for every run. */
  readonly session: string
  /** Whether the relay of a session is alive. */
  readonly isAlive: (session: string) => Promise<boolean>
  /** Called once when another relay has taken the bot. */
  readonly lost: (by: string) => void
}

const RENEW_MS = 3_000
const KEY = 'holder'

/** Takes the bot. Rejects with `taken`, naming the relay that has it. */
export async function openRelayLock(request: LockRequest): Promise<RelayLock> {
  const { client, names, who, session, isAlive, lost } = request
  const open = (): Promise<KV> => openBucket(client, names.lock)
  let bucket = await open()
  const mine = `${who} ${session}`
  const held = await bucket.get(KEY)
  if (isHeld(held) && (await isAlive(holderIn(held).session))) throw taken(held)
  let revision = await write(held)
  let closing: Promise<void> | undefined

  async function write(over: KvEntry | null): Promise<number> {
    try {
      return await (over === null ? bucket.create(KEY, mine) : bucket.update(KEY, mine, over.revision))
    } catch (error) {
      const now = await bucket.get(KEY)
      if (isHeld(now)) throw taken(now)
      throw error
    }
  }

  /** The entry is renewed only where it is still ours: whoever took it has changed its revision. */
  async function renew(): Promise<void> {
    try {
      revision = await bucket.update(KEY, mine, revision)
    } catch {
      // The broker may be away; what it has tells whose the bot is, once it is back.
      await lookAgain().catch(() => undefined)
    }
  }

  async function lookAgain(): Promise<void> {
    bucket = await open()
    const now = await bucket.get(KEY)
    if (closing !== undefined) return
    if (isHeld(now) && now.string() !== mine) return lost(holderIn(now).who)
    revision = now === null ? await bucket.create(KEY, mine) : now.revision
  }

  let renewing: Promise<void> | null = null
  function renewOnce(): Promise<void> {
    renewing ??= renew().finally(() => {
      renewing = null
    })
    return renewing
  }
  const stop = repeat(RENEW_MS, () => void renewOnce())

  return {
    renew: renewOnce,
    close: () => {
      closing ??= (async () => {
        stop()
        await renewing
        // Where the broker is away, the next relay finds that this one does not answer.
        await bucket.delete(KEY, { previousSeq: revision }).catch(() => undefined)
      })()
      return closing
    },
  }
}

const isHeld = (entry: KvEntry | null): entry is KvEntry => entry !== null && entry.operation === 'PUT'

/** Of `<user>@<host> <session>`; a name may have a space in it. */
function holderIn(entry: KvEntry): { readonly who: string; readonly session: string } {
  const text = entry.string()
  const at = text.lastIndexOf(' ')
  return { who: text.slice(0, at), session: text.slice(at + 1) }
}

const taken = (held: KvEntry): DevHookError =>
  new DevHookError('taken', `another relay has the bot: ${holderIn(held).who}`, {
    remedy: 'end that one first; `dev-hook relay status` shows it',
  })
