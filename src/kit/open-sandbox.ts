// A sandbox for tests: a platform, a bot and people, in one handle.
import { resolve } from 'node:path'
import { DevHookError, ERRORS } from '../core/errors.ts'
import { createListeners } from '../core/listeners.ts'
import { readChaos } from '../sandbox/chaos/chaos-words.ts'
import type { ApiFault } from '../sandbox/chaos/faults.ts'
import { openSandbox, type Sandbox as Platform } from '../sandbox/sandbox.ts'
import { PLAIN_NAMES } from '../sandbox/store.ts'
import type { RunningBot } from './bot/bot-process.ts'
import { type BotAddress, openAddress } from './bot/connect.ts'
import { register } from './bot/register.ts'
import { toMs } from './duration.ts'
import { explaining, explainingNow, type Kit, waitOf } from './kit.ts'
import { type KitConfig, readOptions } from './options.ts'
import { createAgent, createContact, createConversation, views } from './people.ts'
import { recordOf } from './record.ts'
import { createRecorder } from './transcript.ts'
import type {
  BotTarget,
  Collection,
  Duration,
  Fault,
  ResourceName,
  Sandbox,
  SandboxNotice,
  SandboxOptions,
} from './types/types.ts'
import { callView, deliveryView, viewsOf } from './views.ts'

/** Names for people who are given none. */
const NAMES = ['Jenny', 'Jack', 'Emma', 'Liam', 'Olivia', 'Noah', 'Sophie', 'Daan', 'Mila', 'Finn']
const AGENT_NAMES = ['Alex', 'Anna', 'Robin', 'Kim']

/** Opens a sandbox for tests, as `createSandbox` says. */
export async function openKitSandbox(options: SandboxOptions): Promise<Sandbox> {
  const config = readOptions(options)
  const platform = await openSandbox(config.platform)
  const opened = openKit(platform, config)
  try {
    await explaining(opened.kit, undefined, async () => fillWorld(platform, config.world))
    platform.checkpoint()
    if (config.command !== null) await opened.startBot(config.command)
    else if (config.forwardTo !== null) await opened.sandbox.connect(config.forwardTo)
    return opened.sandbox
  } catch (error) {
    await opened.sandbox.close()
    throw error
  }
}

interface OpenedKit {
  readonly kit: Kit
  readonly sandbox: Sandbox
  startBot(command: readonly [string, ...string[]]): Promise<void>
}

// One story: one bot, one platform, and what the people of a test have of both.
function openKit(platform: Platform, config: KitConfig): OpenedKit {
  const recorder = createRecorder(platform)
  const notices = createListeners<SandboxNotice>()
  let bot: RunningBot | null = null
  let address: BotAddress | null = null
  let closing: Promise<void> | undefined
  const people = new Map<string, number>()
  const kit: Kit = {
    platform,
    recorder,
    patienceMs: config.patienceMs,
    output: () => bot?.lastLines() ?? [],
    everything: () =>
      platform
        .data('conversations')
        .list()
        .flatMap(({ id }) => views(kit, platform.messagesOf(id))),
  }
  platform.reportBot(NOBODY)
  platform.on((notice) => {
    if (notices.size > 0) notices.emit(noticeView(platform, notice))
  })

  const env = {
    get APIHOST() {
      return platform.api
    },
    get TOKEN() {
      return platform.currentToken()
    },
    REFRESH_TOKEN: platform.refreshToken,
    EMAIL: platform.email,
    SECRET: config.secret,
    WEBHOOK_PATH: config.path,
  }

  async function connect(target: BotTarget): Promise<void> {
    if (closing !== undefined) throw new DevHookError('sandboxClosed', 'the sandbox was closed')
    const next = await openAddress(target, config.path)
    const before = address
    address = next
    await before?.close()
    await register(platform, config, next.url)
    platform.reportBot(null)
  }

  async function startBot(command: readonly [string, ...string[]]): Promise<void> {
    const { startBotProcess } = await import('./bot/bot-process.ts')
    bot = await startBotProcess({
      command,
      cwd: resolve(config.cwd),
      env: { ...env, ...config.env },
      readyWithinMs: config.readyWithinMs,
      onLine: (line) => notices.emit({ type: 'output', line }),
      onState: platform.reportBot,
    })
    await explaining(kit, undefined, () => connect(bot?.process.port ?? 0))
  }

  async function close(): Promise<void> {
    await Promise.all([bot?.close(), address?.close(), platform.close()])
  }

  /** The next of some names that nobody has yet. */
  function nextName(names: readonly string[], otherwise: string): string {
    const n = people.get(otherwise) ?? 0
    people.set(otherwise, n + 1)
    return names[n] ?? `${otherwise} ${n + 1}`
  }

  const sandbox: Sandbox = {
    api: platform.api,
    get token() {
      return platform.currentToken()
    },
    secret: config.secret,
    seed: platform.chaos.seed,
    env,
    connect: (target) => explaining(kit, undefined, () => connect(target)),
    get process() {
      return bot?.process ?? null
    },
    contact: ({ name = nextName(NAMES, 'Contact'), ...person } = {}) =>
      explaining(kit, undefined, async () => createContact(kit, await platform.contact({ name, ...person }))),
    agent: ({ name = nextName(AGENT_NAMES, 'Agent'), ...person } = {}) =>
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
    on: notices.on,
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
      people.clear()
    },
    close: () => {
      closing ??= close()
      return closing
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  }
  return { kit, sandbox, startBot }
}

const NOBODY = 'no bot is connected: give `command` or `forwardTo`, or call `connect`'

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

function fillWorld(platform: Platform, world: KitConfig['world']): void {
  const { organization, ...documents } = world
  if (organization !== undefined) platform.data('organizations').update(platform.organizationId, organization)
  for (const name of RESOURCES) {
    for (const fields of documents[name] ?? []) platform.data(name).create(fields)
  }
}

const RESOURCES: readonly ResourceName[] = [...PLAIN_NAMES, 'conversations', 'messages']

function dataOf(kit: Kit): Sandbox['data'] {
  const collection = (name: ResourceName): Collection => {
    const documents = kit.platform.data(name)
    return {
      create: (fields) => explainingNow(kit, undefined, () => documents.create(fields)),
      get: documents.get,
      list: (where) => documents.list(where),
      update: (id, fields) => explainingNow(kit, undefined, () => documents.update(id, fields)),
      remove: documents.remove,
    }
  }
  return Object.fromEntries(RESOURCES.map((name) => [name, collection(name)])) as Sandbox['data']
}

function apiFault(fault: Fault): ApiFault {
  const { delay, ...more } = fault
  const delayMs = delay === undefined ? {} : { delayMs: toMs(delay, 'delay') }
  if ('status' in more) return { ...more, ...delayMs }
  if ('cut' in more) return { ...more, ...delayMs }
  return { ...more, delayMs: delayMs.delayMs ?? 0 }
}

function noticeView(platform: Platform, notice: Parameters<Parameters<Platform['on']>[0]>[0]): SandboxNotice {
  switch (notice.type) {
    case 'message': {
      const all = platform.messagesOf(notice.message.conversation)
      const [message] = viewsOf([notice.message], all, platform.botId)
      if (message === undefined) throw new DevHookError('unexpected', 'a message was lost')
      return { type: 'message', message }
    }
    case 'call':
      return { type: 'call', call: callView(notice.call) }
    case 'delivery':
      return { type: 'delivery', delivery: deliveryView(notice.delivery) }
    case 'chaos':
      return { type: 'chaos', message: notice.message }
    case 'hint':
      return { type: 'hint', code: ERRORS[notice.kind].code, message: notice.message }
    default:
      return notice satisfies never
  }
}
