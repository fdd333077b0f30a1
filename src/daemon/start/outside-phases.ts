// The phases of a start that reach out of this machine, to the tunnel and the platform: each opens one part of the run.
import { hookUrl } from '../../core/hook-url.ts'
import type { NoticeBody } from '../../core/notices.ts'
import type { Gateway, Registration, Tunnel } from '../../core/ports.ts'
import type { Inspector } from '../../inspector/server.ts'
import type { Snapshot } from '../../platform/webhook/snapshot.ts'
import { claimNotice, readyNotice } from '../registration-notices.ts'
import type { Run } from '../run.ts'
import type { RegistrationMonitor } from '../running/registration-monitor.ts'
import { secretsInUrl } from '../traffic/bot-access.ts'
import { assertPassable, passedTo } from '../traffic/others/former-receiver.ts'
import type { Saves, Way } from './bot-phases.ts'
import { permitClaim } from './claim-permission.ts'
import type { Account } from './local-phases.ts'
import { openingNotice } from './open-tunnel.ts'
import { readHandedOver } from './take-over.ts'

/** Opens the tunnel to the gateway. */
export function tunnel(run: Run, { address }: Account, opened: Gateway): Promise<Tunnel> {
  const { options, factories, lifetime, steps, emit } = run
  const { config } = options
  return steps.run('tunnel', async () => {
    emit(openingNotice(config, opened.port))
    const open = await factories.openTunnel(options, opened, address, lifetime.signal)
    lifetime.add('tunnel', open.close)
    const { state, url } = open.current()
    emit({ type: 'tunnel', state, url })
    return open
  })
}

/** Finds the registration and whose it is; returns once this run may claim it. Nothing is written yet. */
export async function registration(run: Run, account: Account): Promise<Registration> {
  const { options, factories, lifetime, steps, emit, restoration, parts } = run
  const { signal } = lifetime
  const { client, botId, folder, address } = account
  const { config, who, ask } = options
  const { takeOver, restore, only } = config
  const snapshotSaving = (snapshot: Snapshot): void => parts.watchdog?.snapshot(snapshot)
  const look = (): Promise<Registration> =>
    factories.openRegistration({ options, client, botId, folder, address, snapshotSaving }, signal)
  const first = await steps.run('look', look)
  secretsInUrl(first.before?.url ?? null).forEach(options.redactor.conceal)
  const found = takeOver ? await readHandedOver(look, first, { who, surroundings: config }, signal) : first
  // Owed before the claim already: what a dead run has left may have been adopted.
  lifetime.add('registration', () => restoration.restore(found))
  if (only !== null) assertPassable(found, config)
  await permitClaim({ owner: found.owner, takeOver, restore, only: only !== null, ask, folder, emit }, signal)
  return found
}

/** What was registered: the public URL, without path and credentials, and the events. */
export interface Claimed {
  readonly url: string
  readonly events: readonly string[] | null
}

/** Writes the snapshot, then points the platform at the public URL. */
export async function claim(run: Run, { address }: Account, way: Way, saves: Saves): Promise<Claimed> {
  const { lifetime, steps, emit } = run
  await steps.run('snapshot', way.registration.takeSnapshot)
  const claimed: Claimed = { url: way.tunnel.current().url, events: saves.events() }
  const url = hookUrl(claimed.url, address)
  await steps.run('claim', () => way.registration.claim(url, claimed.events, lifetime.signal))
  emit(claimNotice({ registration: way.registration, wanted: claimed.events }, url))
  return claimed
}

/** Waits until the platform has verified the webhook. */
export async function verify({ lifetime, steps, emit, challenges }: Run, registered: Registration): Promise<void> {
  await steps.run('verify', () => registered.verify(challenges.next, lifetime.signal))
  emit({ type: 'registration', state: 'verified', kind: registered.kind })
}

/** Starts to check the registration, which is claimed again when the public URL or the events change. */
export function monitor(run: Run, { address }: Account, way: Way, claimed: Claimed, saves: Saves): RegistrationMonitor {
  const { factories, lifetime, emit, fail } = run
  const { signal } = lifetime
  signal.throwIfAborted()
  const started = factories.startMonitor({ ...way, address, claimed, emit, lost: fail }, signal)
  lifetime.add('registration monitor', started.stop)
  if (saves.events() !== claimed.events) started.claimEvents(saves.events())
  return started
}

/** What a start has reached: the claim, and the inspector, `null` without one. */
interface Reached extends Claimed {
  readonly inspector: Pick<Inspector, 'port' | 'tokenFile'> | null
}

/** Resolves with the notice that everything is ready. */
export async function ready(run: Run, way: Way, reached: Reached, saves: Saves): Promise<NoticeBody> {
  const { options, lifetime, steps } = run
  lifetime.signal.throwIfAborted()
  await saves.noticed()
  const { url: publicUrl, events: wanted, inspector } = reached
  const announced = { registration: way.registration, wanted, publicUrl, inspector }
  const { config, relay } = options
  const { only } = config
  const passesTo = only === null ? undefined : passedTo(way.registration, config)
  return readyNotice({ ...announced, passesTo, config, relay, steps: steps.taken(), pid: process.pid })
}
