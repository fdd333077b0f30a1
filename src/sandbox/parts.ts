// The parts that a sandbox is made of: how they are opened, what each tells the others, how all start over and end.
import { createSharedAbort } from '../core/async.ts'
import { DevHookError } from '../core/errors.ts'
import { createListeners, type Listeners } from '../core/listeners.ts'
import { createRequestLimit } from './access/rate-limit.ts'
import { createTokenIssuer } from './access/tokens.ts'
import { createAnnouncements } from './announcements.ts'
import type { AppContext } from './app-context.ts'
import { type BotAccount, identityOf, openAccount } from './bot-account.ts'
import { type Chaos, createChaos } from './chaos/chaos.ts'
import { createFaults, type Faults } from './chaos/faults.ts'
import { createHints } from './chat/hints.ts'
import { createKeyedListeners, type KeyedListeners } from './chat/keyed-listeners.ts'
import { createSelfTalk } from './chat/self-talk.ts'
import type { Absence, Stage } from './chat/stage.ts'
import type { Sandbox, SandboxNotice } from './handle.ts'
import type { SandboxConfig } from './options.ts'
import { seed } from './seed.ts'
import { type ApiServer, openApi } from './server.ts'
import { checkpoint, createStore, type ResourceName, type StoreChange } from './store.ts'
import { type Activity, createActivity } from './time/activity.ts'
import { createPlatformClock } from './time/platform-clock.ts'
import { startWebhooks, type Webhooks } from './webhooks/deliver.ts'
import { type Outgoing, openOutgoing } from './webhooks/outgoing.ts'
import { createRegistrations } from './webhooks/registrations.ts'
import { postReplies } from './webhooks/replies.ts'
import { createServiceErrors } from './webhooks/service-errors.ts'
import { createVerify } from './webhooks/verification.ts'

/** The documents of a sandbox with the rules about them, and the way out to webhooks. */
interface World {
  readonly context: AppContext
  readonly account: BotAccount
  readonly activity: Activity
  readonly outgoing: Outgoing
}

/** What the handle of a sandbox is made of. */
export interface SandboxParts
  extends World,
    Pick<Sandbox, 'reportBot' | 'reportAnswer' | 'reset' | 'checkpoint' | 'close'> {
  readonly api: ApiServer
  readonly webhooks: Webhooks
  readonly faults: Faults
  readonly chaos: Chaos
  readonly stage: Stage
  readonly on: Listeners<SandboxNotice>['on']
}

/** How long it has to be quiet, in ms of this machine, between two things that fall due. */
const STEP_QUIET_MS = 5
/** A bot that has not answered so many ms of this machine after something fell due is not waited for: the platform's time goes on. */
export const STEP_LIMIT_MS = 2_000

/** Opens them all, the API on a loopback port. */
export async function openParts(config: SandboxConfig): Promise<SandboxParts> {
  const { on, emit: notify } = createListeners<SandboxNotice>()
  const conversations = createKeyedListeners()
  const world = openWorld(config, {
    changed: (change) => announcements.changed(change),
    forgot: (resource) => hints.forgot(resource),
    unverified: (url) => serviceErrors.unverified(url),
  })
  const { context, account, activity, outgoing } = world
  const { store, clock, registrations } = context
  const faults = createFaults()
  const limit = createRequestLimit(config.rateLimit, clock.now)
  const chaos = createChaos({ ...config, tell: (act) => notify({ type: 'chaos', ...act }) })
  const webhooks = startWebhooks({
    ...world,
    clock,
    chaos,
    retry: config.retry,
    subscribers: registrations.subscribers,
    onAttempt: (delivery, payload, answer, url) => {
      serviceErrors.attempted(url, delivery)
      if (delivery.state === 'delivered' && answer !== null) postReplies(context, account.caller, payload, answer)
      hints.attempted(delivery)
      notify({ type: 'delivery', delivery })
      if (delivery.conversation !== null) conversations.emit(delivery.conversation)
    },
  })
  const hints = createHints({ context, deliveriesOf: webhooks.of, tell: (hint) => notify({ type: 'hint', ...hint }) })
  // How soon the bot answers itself is the bot's affair, whatever the platform's time does.
  const botClock = createPlatformClock()
  const selfTalk = createSelfTalk(botClock, clock.stamp, hints.answersItself)
  const hearers = { webhooks, activity, chaos, selfTalk, hints, conversations, notify }
  const announcements = createAnnouncements({ ...hearers, context, api: () => api.url })
  const serviceErrors = createServiceErrors(store, announcements.serviceFailed)
  const onCall: Parameters<typeof openApi>[0]['onCall'] = (call, refusal) => {
    hints.called(call, refusal)
    notify({ type: 'call', call })
  }
  const { loggedIn: onLogin } = announcements
  const api = await openApi({ context, port: config.port, activity, chaos, limit, faults, onCall, onLogin })
  const closing = createSharedAbort()
  const { absence, ...reports } = createReports(webhooks, activity, conversations)
  const checkpoints = createCheckpoints(world, [webhooks, selfTalk, hints, faults, serviceErrors, api.log, limit])

  return {
    ...world,
    api,
    webhooks,
    faults,
    chaos,
    stage: {
      context,
      activity,
      calls: api.log.calls,
      deliveriesOf: webhooks.of,
      on: conversations.on,
      closed: closing.signal,
      absence,
    },
    on,
    ...reports,
    reset: () => {
      checkpoints.goBack()
      if (chaos.current() !== null || config.chaos !== null) chaos.set(config.chaos)
      activity.touch()
      conversations.emitAll()
      notify({ type: 'changed' })
    },
    checkpoint: checkpoints.set,
    close: async () => {
      closing.abort(new DevHookError('sandboxClosed', 'the sandbox was closed'))
      clock.stop()
      botClock.stop()
      webhooks.stop()
      await Promise.all([outgoing.close(), api.close()])
    },
  }
}

/** Takes what is told of the bot: whether it is there, and how a delivery ended at it. */
function createReports(
  webhooks: Webhooks,
  activity: Activity,
  conversations: KeyedListeners,
): Pick<Sandbox, 'reportBot' | 'reportAnswer'> & Pick<Stage, 'absence'> {
  let absence: Absence | null = null
  return {
    absence: () => absence,
    reportBot: (why, more = {}) => {
      absence = why === null ? null : { why, mayCome: false, ...more }
      activity.touch()
      conversations.emitAll()
    },
    reportAnswer: (told, atBot) => {
      const conversation = webhooks.reportAnswer(told, atBot)?.conversation ?? null
      if (conversation !== null) conversations.emit(conversation)
    },
  }
}

/** The checkpoint that a sandbox goes back to, at first the start; `clear` of each part forgets what it remembers. */
function createCheckpoints(
  { context: { store, clock }, outgoing }: World,
  parts: readonly { clear(): void }[],
): { goBack(): void; set(): void } {
  let restore = checkpoint(store)
  return {
    goBack: () => {
      for (const part of parts) part.clear()
      outgoing.cut()
      clock.restart()
      restore()
    },
    set: () => {
      restore = checkpoint(store)
    },
  }
}

/** Who is told of what happens in a world. */
interface Told {
  changed(change: StoreChange): void
  forgot(resource: ResourceName): void
  unverified(url: string): void
}

/** Opens the documents of a new sandbox; what is there from the start is not announced. */
function openWorld(config: SandboxConfig, told: Told): World {
  const { place, registered, credentials } = config
  const activity = createActivity()
  const settled = async (): Promise<void> => void (await activity.settle(STEP_QUIET_MS, STEP_LIMIT_MS))
  const clock = createPlatformClock({ mode: config.clock, settled })
  let isSeeded = false
  const store = createStore((change) => {
    if (isSeeded) told.changed(change)
  }, told.forgot)
  const seeded = seed(store, place, registered, identityOf(credentials), clock.stamp())
  isSeeded = true
  const outgoing = openOutgoing({ ...config, clock, activity })
  const verify = createVerify(outgoing, told.unverified)
  const registrations = createRegistrations({ ...config, store, verify, clock })
  const tokens = createTokenIssuer({ lifetimeMs: config.tokenLifetimeMs, now: clock.now })
  const account = openAccount(tokens, seeded, credentials, config.scope)
  const context: AppContext = { store, seeded, tokens, registrations, arrival: config.arrival, clock }
  return { context, account, activity, outgoing }
}
