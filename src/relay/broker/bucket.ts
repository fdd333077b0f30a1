// Opens a bucket of keys and values on the broker, and makes it if there is none.
import { JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream'
import { type KV, Kvm } from '@nats-io/kv'
import { retry } from '../../core/async.ts'
import { every } from '../../core/pace.ts'

export interface BucketOptions {
  /** How long a value is kept that is not written again, in ms. Default: for ever. */
  readonly ttl?: number
}

/** How often it is tried while others make the same bucket. */
const MAX_TRIES = 5

/** Opens a bucket that keeps the last value of each key. Rejects when the broker cannot be asked. */
export async function openBucket(client: JetStreamClient, name: string, options: BucketOptions = {}): Promise<KV> {
  return retry(() => new Kvm(client).create(name, { history: 1, ...options }), {
    pace: every(0),
    tries: MAX_TRIES,
    // nats-server answers "subjects overlap with an existing stream" while somebody else makes the very same one.
    shouldRetry: (error) => error instanceof JetStreamApiError,
  })
}
