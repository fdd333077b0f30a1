// `dev-hook events`: what the journal has recorded, listed, shown, followed, exported.
import type { Config } from '../../config/load.ts'
import { withDeadline } from '../../core/async.ts'
import type { Summary } from '../../core/delivery.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Redact } from '../../core/text/redact.ts'
import { toJson } from '../../core/text/to-json.ts'
import { type DeliveryChange, followDeliveries } from '../../journal/follow.ts'
import {
  type DeliveryDetail,
  type DeliveryFilter,
  mapDeliveries,
  readDeliveries,
  readDelivery,
} from '../../journal/reader.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import { eventDetail, eventDetailJson } from '../events/detail.ts'
import { readFilter } from '../events/filter.ts'
import { eventJson, eventRow } from '../events/row.ts'
import { withWholeConversation } from '../events/whole-conversation.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import { openCommand } from '../open-command.ts'
import type { Colors } from '../output/colors.ts'
import { findRecord } from '../sandbox/find-record.ts'
import { type RunningSandbox, readSandboxChoice, watchLife } from '../sandbox/running-sandboxes.ts'
import { saySandbox } from '../sandbox/say-sandbox.ts'
import { untilEndSignal } from '../session/signals.ts'

/** What every part of the command works with. */
interface View {
  readonly folder: string
  readonly config: Config
  readonly io: Io
  readonly json: boolean
  readonly colors: Colors
  readonly redact: Redact
  /** Of which the record is; `null` for that of real runs. */
  readonly sandbox: RunningSandbox | null
}

/** How many of those recorded before are shown first when following. */
const BEFORE = 10

export const events: CommandHandler = async (call) => {
  const { words, own, io } = call
  const [action, id] = words
  if (call.command !== null && own['as'] !== 'test') {
    throw new DevHookError('usage', 'a command after `--` belongs to `dev-hook events export --as test`')
  }
  const act = await actionOf(action, id, call)
  const choice = readSandboxChoice(own['sandbox'])
  const { config, stateHome, json, colors, redactor } = await openCommand(call)
  const { folder, sandbox } = await findRecord({ config, stateHome, choice })
  saySandbox(sandbox, { config, json, io })
  await act({ folder, config, io, json, colors, redact: redactor.redact, sandbox })
  return EXIT_CODES.ended
}

/** Chooses the part of the command; wrong words are refused before anything is read. */
async function actionOf(
  action: string | undefined,
  id: string | undefined,
  call: Call,
): Promise<(view: View) => Promise<void>> {
  const { own } = call
  if (action !== 'export') {
    const misplaced = EXPORT_FLAGS.find(([name, isGiven]) => isGiven(own[name]))
    if (misplaced !== undefined)
      throw new DevHookError('usage', `\`${misplaced[2]}\` belongs to \`dev-hook events export\``)
  }
  if (action === undefined) {
    const filter = filterOf(own)
    return own['follow'] === true
      ? async (view) => follow(view, await filter(view))
      : async (view) => list(view, await filter(view))
  }
  if (action !== 'show' && action !== 'export')
    throw new DevHookError('usage', `\`${action}\` is neither show nor export`)
  const which = whichOf(action, id, own)
  if (action === 'show') return async (view) => show(view, await which(view))
  // What a conversation is written with takes longer to load than a list to be read.
  const { exportOf } = await import('../events/export.ts')
  const write = exportOf(call, find)
  return async (view) => write(view, await which(view))
}

const isSet = (value: unknown): boolean => value !== undefined

/** The flags of an export, as they are kept, when they are given, and how. */
const EXPORT_FLAGS = [
  ['as', isSet, '--as'],
  ['withSecrets', isSet, '--with-secrets'],
  ['redact', (value: unknown) => value === false, '--no-redact'],
  ['runner', isSet, '--runner'],
] as const

/** Reads the filters at once, and makes the id of a conversation whole once the record can be read. */
function filterOf(own: Call['own']): (view: View) => Promise<DeliveryFilter> {
  const now = Date.now()
  const filter = readFilter(own, now)
  return async ({ folder }) =>
    textOf(own, 'conversation') === null
      ? filter
      : readFilter(withWholeConversation(own, await readDeliveries(folder)), now)
}

/** The id that is given, or that of the newest delivery which the filters leave. */
function whichOf(action: string, id: string | undefined, own: Call['own']): (view: View) => Promise<string> {
  const { last } = readFilter(own)
  const filter = filterOf(own)
  if (last === undefined && id === undefined)
    throw new DevHookError('usage', `\`dev-hook events ${action}\` takes the id of a delivery, or \`--last\``)
  if (id !== undefined) {
    if (last === undefined) return async () => id
    throw new DevHookError('usage', `\`dev-hook events ${action}\` takes an id or \`--last\`, not both`)
  }
  if (last !== 1)
    throw new DevHookError('usage', `\`dev-hook events ${action} --last\` takes no number: it is for one delivery`)
  return async (view) => {
    const [newest] = await readDeliveries(view.folder, await filter(view))
    if (newest !== undefined) return newest.id
    throw new DevHookError('deliveryUnknown', 'no recorded delivery matches')
  }
}

async function list(view: View, filter: DeliveryFilter): Promise<void> {
  const { folder, io } = view
  const rows = await mapDeliveries(folder, printerFor(view, new Date()), filter)
  if (rows.length > 0) return io.out(rows.join('\n'))
  if (!view.json) io.err('no recorded delivery matches')
}

async function follow(view: View, filter: DeliveryFilter): Promise<void> {
  const print = printerFor(view)
  await untilEndSignal(async (end) => {
    const life = watchLife(view.sandbox)
    await withDeadline([end, view.io.outGone, life.over], null, async (signal) => {
      for await (const change of followDeliveries(view.folder, signal, { last: BEFORE, ...filter }))
        if (isNews(change)) view.io.out(print(change.summary))
    }).finally(life.off)
  })
}

/** A delivery is printed when its fate is known, once; and again after each further attempt. */
function isNews({ what, summary }: DeliveryChange): boolean {
  const { settled, attempts, outcome } = summary
  if (what === 'delivery') return settled !== null || attempts > 0
  // A refused attempt is repeated by itself, and the settlement of a cancelled one comes next.
  if (what === 'attempt') return outcome !== 'refused' && (outcome !== 'cancelled' || settled !== null)
  if (settled === 'passed' || settled === 'ignored') return outcome === null
  return settled === 'acknowledged' || settled === 'rejected' || (settled === 'returned' && outcome !== 'answered')
}

/** `now` is for a list that is made at once. */
function printerFor({ json, colors, redact, io }: View, now?: Date): (summary: Summary) => string {
  return (summary) =>
    json ? toJson(eventJson(summary, redact)) : eventRow(summary, { colors, redact, columns: io.columns('out'), now })
}

async function show(view: View, id: string): Promise<void> {
  const { json, colors, redact, io } = view
  const recorded = await find(view, id)
  io.out(json ? toJson(eventDetailJson(recorded, redact)) : eventDetail(recorded, colors, redact).join('\n'))
}

async function find({ folder }: Pick<View, 'folder'>, id: string): Promise<DeliveryDetail> {
  const recorded = await readDelivery(folder, id)
  if (recorded !== null) return recorded
  throw new DevHookError('deliveryUnknown', `no delivery ${id} is recorded`)
}
