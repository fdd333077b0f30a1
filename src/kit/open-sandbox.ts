// A sandbox for tests: a platform, a bot and people, in one handle.
import { createListeners } from '../core/listeners.ts'
import { readChaos } from '../sandbox/chaos/chaos-words.ts'
import type { ApiFault } from '../sandbox/chaos/faults.ts'
import { openSandbox, type Sandbox as Platform } from '../sandbox/sandbox.ts'
import { type BotLink, createBotLink } from './bot/bot-link.ts'
import { dataOf, fillWorld } from './data.ts'
import { toMs } from './duration.ts'
import { explaining, type Kit, waitOf } from './kit.ts'
import { type KitConfig, readOptions } from './options.ts'
import { createAgent, createContact, createConversation, views } from './people.ts'
import { recordOf } from './record.ts'
import { createRecorder } from './transcript.ts'
import type { Duration, Fault, Sandbox, SandboxNotice, SandboxOptions } from './types/types.ts'
import { callView, deliveryView, noticeView } from './views.ts'

export { withRemedy } from './failures.ts'

/** Opens a sandbox for tests, as `createSandbox` says. */
export async function openKitSandbox(options: SandboxOptions): Promise<Sandbox> {
  const config = readOptions(options)
  const platform = await openSandbox(config.platform)
  const { kit, bot, sandbox } = openKit(platform, config)
  try {
    await explaining(kit, undefined, async () => fillWorld(kit, config.world))
    platform.checkpoint()
    if (config.command !== null) await sandbox.connect(await bot.start(config.command))
    else if (config.forwardTo !== null) await sandbox.connect(config.forwardTo)
    return sandbox
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

interface OpenedKit {
  readonly kit: Kit
  readonly bot: BotLink
  readonly sandbox: Sandbox
}

function openKit(platform: Platform, config: KitConfig): OpenedKit {
  const notices = createListeners<SandboxNotice>()
  const bot = createBotLink(platform, config, (line) => notices.emit({ type: 'output', line }))
  const kit: Kit = {
    platform,
    recorder: createRecorder(platform),
    patienceMs: config.patienceMs,
    output: bot.lastLines,
    everything: () =>
      platform
        .data('conversations')
        .list()
        .flatMap(({ id }) => views(kit, platform.messagesOf(id))),
  }
  platform.on((notice) => {
    const seen = notices.size > 0 ? noticeView(platform, notice) : null
    if (seen !== null) notices.emit(seen)
  })
  return { kit, bot, sandbox: handleOf(kit, bot, notices.on, config) }
}

/** What a test has of a kit. */
function handleOf(kit: Kit, bot: BotLink, on: Sandbox['on'], config: KitConfig): Sandbox {
  const { platform, recorder } = kit
  let closing: Promise<void> | undefined
  const contactName = createNames(
    ['Jenny', 'Jack', 'Emma', 'Liam', 'Olivia', 'Noah', 'Sophie', 'Daan', 'Mila', 'Finn'],
    'Contact',
  )
  const agentName = createNames(['Alex', 'Anna', 'Robin', 'Kim'], 'Agent')

  const sandbox: Sandbox = {
    api: platform.api,
    get token() {
      return platform.currentToken()
    },
    secret: config.secret,
    seed: platform.chaos.seed,
    env: bot.env,
    connect: (target) => explaining(kit, undefined, () => bot.connect(target)),
    get process() {
      return bot.process()
    },
    contact: ({ name = contactName(), ...person } = {}) =>
      explaining(kit, undefined, async () => createContact(kit, await platform.contact({ name, ...person }))),
    agent: ({ name = agentName(), ...person } = {}) =>
      explaining(kit, undefined, async () => createAgent(kit, await platform.agent({ name, ...person }))),
    conversation: ({ contact, ...fields } = {}) =>
      explaining(kit, undefined, async () => {
        const who = contact === undefined ? {} : { contact: contact.id, name: contact.name }
        return createConversation(kit, platform.conversation({ ...who, ...fields }).id)
      }),
    data: dataOf(kit),
    emit: (event, fields = {}) =>
      explaining(kit, undefined, async () => {
        const { emitEvent } = await import('./emit.ts')
        return (await emitEvent(kit, event, fields)).map(deliveryView)
      }),
    get calls() {
      return platform.calls.filter(({ by }) => by === null || by === platform.botId).map(callView)
    },
    get deliveries() {
      return platform.deliveries.map(deliveryView)
    },
    until: (look, within) => explaining(kit, undefined, () => untilSeen(kit, look, within)),
    settled: (quiet) =>
      explaining(kit, undefined, () =>
        platform.settled({ ...waitOf(kit, {}), ...(quiet !== undefined && { quietMs: toMs(quiet, 'quiet') }) }),
      ),
    on,
    clock: {
      now: platform.clock.now,
      advance: (by) => platform.clock.advance(toMs(by, 'by', Number.MAX_SAFE_INTEGER)),
    },
    fault: (fault) => platform.faults.add(apiFault(fault)),
    chaos: (chaos) => platform.chaos.set(chaos === null ? null : readChaos({ ...chaos })),
    expireTokens: platform.expireTokens,
    transcript: (options = {}) => recorder.transcript(options),
    record: () => recordOf(platform),
    play: (fixture) =>
      explaining(kit, undefined, async () => {
        const { play } = await import('./playback.ts')
        return play(kit, fixture)
      }),
    reset: async () => {
      platform.reset()
      recorder.clear()
      contactName.startOver()
      agentName.startOver()
    },
    close: () => {
      closing ??= Promise.all([bot.close(), platform.close()]).then(() => undefined)
      return closing
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
  return sandbox
}

/** Gives people names who are given none: those of a list, then numbers. */
function createNames(names: readonly string[], otherwise: string): { (): string; startOver(): void } {
  let given = 0
  const next = (): string => {
    given += 1
    return names[given - 1] ?? `${otherwise} ${given}`
  }
  const startOver = (): void => {
    given = 0
  }
  return Object.assign(next, { startOver })
}

const isSeen = <T>(found: T | false | null | undefined): found is T =>
  found !== false && found !== null && found !== undefined

async function untilSeen<T>(
  kit: Kit,
  look: () => T | false | null | undefined,
  within: Duration | undefined,
): Promise<T> {
  const seen = (): { readonly found: T } | null => {
    const found = look()
    return isSeen(found) ? { found } : null
  }
  return (await kit.platform.until(seen, waitOf(kit, within === undefined ? {} : { within }))).found
}

function apiFault(fault: Fault): ApiFault {
  const { delay, ...more } = fault
  const delayMs = delay === undefined ? {} : { delayMs: toMs(delay, 'delay') }
  if ('status' in more) return { ...more, ...delayMs }
  if ('cut' in more) return { ...more, ...delayMs }
  return { ...more, delayMs: delayMs.delayMs ?? 0 }
}
