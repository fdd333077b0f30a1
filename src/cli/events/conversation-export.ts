// `dev-hook events export` of a whole conversation: as a transcript, a fixture, a test or a page, with what was replaced in it.
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import type { Redact } from '../../core/text/redact.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import {
  belongsTo,
  type ConversationExport,
  type ExportedConversation,
  exportConversation,
  findConversation,
} from '../../daemon/record/export/conversation.ts'
import { writeScript } from '../../daemon/record/export/script-forms.ts'
import { shareConversation } from '../../daemon/record/export/share.ts'
import { RUNNERS, type Runner } from '../../daemon/record/export/test-file.ts'
import { readDeliveries, readDetails } from '../../journal/reader.ts'
import { inspectProject } from '../../onboarding/inspect-project.ts'
import { STAND_IN_KINDS } from '../../protocol/personal-data/stand-ins.ts'
import { writeShared } from '../../protocol/shared/write-shared.ts'
import type { Call } from '../command-line/command.ts'
import type { Io } from '../io.ts'

/** The forms of a conversation. */
export const CONVERSATION_FORMS = ['transcript', 'fixture', 'test', 'html'] as const
type ConversationForm = (typeof CONVERSATION_FORMS)[number]

const isConversationForm = (form: string): form is ConversationForm =>
  CONVERSATION_FORMS.some((known) => known === form)

interface ExportView {
  readonly folder: string
  readonly config: Config
  readonly io: Io
  readonly redact: Redact
}

/** Writes the conversation with this id, if it is one; resolves with whether it was. */
type WriteConversation = (view: ExportView, id: string) => Promise<boolean>

/** The export of a conversation that a command line asks for; `null` when it is one of a delivery. Throws `usage`. */
export function conversationExport({ own, command }: Call, form: string): WriteConversation | null {
  const runner = runnerOf(own['runner'])
  if (form !== 'test' && runner !== null) throw new DevHookError('usage', '`--runner` belongs to `--as test`')
  if (!isConversationForm(form)) {
    if (own['redact'] === false)
      throw new DevHookError('usage', `\`--no-redact\` belongs to \`--as ${CONVERSATION_FORMS.join('|')}\``)
    return null
  }
  const withPeople = own['redact'] === false
  return async (view, given) => {
    const conversation = findConversation(await readDeliveries(view.folder), given, form !== 'fixture')
    if (conversation === null) return false
    const redact = own['withSecrets'] === true ? null : view.redact
    const exported = await exportedAs(form, { conversation, redact, withPeople }, view, {
      runner: runner ?? 'vitest',
      command,
    })
    view.io.out(exported.text)
    if (!view.config.quiet) notes(exported, form, withPeople).forEach(view.io.err)
    return true
  }
}

function runnerOf(given: unknown): Runner | null {
  if (given === undefined) return null
  const runner = RUNNERS.find((name) => name === given)
  if (runner !== undefined) return runner
  throw new DevHookError('usage', `${JSON.stringify(given)} (from --runner) is not one of ${RUNNERS.join(', ')}`)
}

interface Exported extends Pick<ExportedConversation, 'unasked' | 'replaced'> {
  readonly text: string
}

async function exportedAs(
  form: ConversationForm,
  { conversation, ...options }: Omit<ConversationExport, 'folder'>,
  view: ExportView,
  test: TestOptions,
): Promise<Exported> {
  if (form === 'html') {
    const { talk, replaced } = shareConversation(await readDetails(view.folder, belongsTo(conversation)), options)
    return { text: writeShared(talk), unasked: talk.unasked, replaced }
  }
  const exported = await exportConversation({ folder: view.folder, conversation, ...options })
  return { ...exported, text: await written(form, exported, view, test) }
}

interface TestOptions {
  readonly runner: Runner
  readonly command: readonly string[] | null
}

async function written(
  form: Exclude<ConversationForm, 'html'>,
  { fixture }: ExportedConversation,
  { config, io }: ExportView,
  test: TestOptions,
): Promise<string> {
  if (form === 'fixture') return toJson(fixture, 2)
  return writeScript(fixture, form, async () => ({
    runner: test.runner,
    command: test.command ?? (await commandOf(config, io)),
  }))
}

/** What starts the bot of the project, as far as its files show. */
async function commandOf(config: Config, { env }: Io): Promise<readonly string[]> {
  const { command } = await inspectProject(config, env)
  const words = command?.split(' ') ?? []
  return words.length > 0 && !command?.includes('"') ? words : ['node', 'bot.js']
}

/** What was replaced, and what was left out, as lines for people. */
function notes({ replaced, unasked }: Exported, form: ConversationForm, withPeople: boolean): readonly string[] {
  const left =
    unasked === 0 || form === 'html'
      ? []
      : [`left out: ${unasked} of the bot's messages, which it wrote before anybody had said anything`]
  if (withPeople) return [...left, 'with personal data, as asked (`--no-redact`)']
  if (replaced.length === 0) return [...left, 'no personal data was found']
  const lines = STAND_IN_KINDS.flatMap((kind) => {
    const ofKind = replaced.filter((one) => one.kind === kind)
    if (ofKind.length === 0) return []
    if (kind === 'id') return [`  ${ofKind.length} ids`]
    return ofKind.map(({ original, standIn }) => `  ${kind}: ${oneLine(original)} → ${standIn}`)
  })
  const advice =
    'who is named in texts only is not recognised: read it before you pass it on (`--no-redact` leaves everything)'
  return [...left, 'replaced:', ...lines, advice]
}
