// Who has ever joined the relay of a bot: their names, kept on the broker, which tell one that was misspelt from one who is away.
import type { JetStreamClient } from '@nats-io/jetstream'
import { openBucket } from '../broker/bucket.ts'
import type { BotNames } from '../wire/subjects.ts'

export interface KnownDevelopers {
  /** Remembers somebody who has joined. */
  add(developer: string): void
  names(): ReadonlySet<string>
}

/** Opens the names of those who have joined, all of them read. */
export async function openKnownDevelopers(client: JetStreamClient, names: BotNames): Promise<KnownDevelopers> {
  const bucket = await openBucket(client, names.developers)
  const known = new Set<string>()
  for await (const key of await bucket.keys()) known.add(key)

  return {
    add: (developer) => {
      if (known.has(developer)) return
      known.add(developer)
      // Where it cannot be written, the name is known until the end of this relay.
      bucket.put(developer, '').catch(() => undefined)
    },
    names: () => known,
  }
}
