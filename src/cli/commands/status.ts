// `dev-hook status`: prints what is registered now.
import { after, withDeadline } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { withoutCredentials, withoutValues } from '../../core/hook-url.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { botFolder } from '../../daemon/account/bot-identity.ts'
import { listConsents } from '../../daemon/offline/consents.ts'
import { pageIn, readBotStatus, type Status, type StatusRequest } from '../../daemon/offline/status.ts'
import { secretsInUrl } from '../../daemon/traffic/bot-access.ts'
import type { PagePlace } from '../../inspector/address.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { readLock } from '../../lock/lock.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import { type OpenCommand, openCommand } from '../open-command.ts'
import { openNotices } from '../output/output.ts'
import { findStatusSandbox, noSandbox } from '../sandbox/find-record.ts'
import { reachRun } from '../sandbox/find-run.ts'
import { type RunningSandbox, readSandboxChoice } from '../sandbox/running-sandboxes.ts'
import { consentLines } from '../screen/consent-lines.ts'
import { sandboxStatusLines, statusLines } from '../screen/status-lines.ts'

const LOOK_MS = 30_000
const SLOW_MS = 1_000
const ASK_MS = 2_000

export const status: CommandHandler = async (call) => {
  const { io } = call
  const choice = readSandboxChoice(call.own['sandbox'])
  const opened = await openCommand(call)
  const { config, redactor, stateHome, who, json, colors } = opened
  if (config.relay !== null || config.natsCreds !== null)
    return (await import('../relay/show-relay.ts')).showRelay(opened, io)
  if (call.own['consents'] === true || call.own['forget'] === true) return showConsents(call, opened)
  const sandbox = await findStatusSandbox({ config, stateHome, choice })
  if (sandbox !== null) return showSandbox(sandbox, call, opened)
  const { emit } = openNotices({ config, redactor, json: false }, io)
  const found = await look(
    { config, askAny: call.own['ask'] === true, stateHome: stateHome(), who, emit, redactor },
    io,
  )
  const said = await askRun(found, opened)
  secretsInUrl(found.registration?.url ?? null).forEach(redactor.conceal)
  if (json) io.out(toJson(cleanValue({ ...withoutSecrets(found), ...said }, (text) => oneLine(redactor.redact(text)))))
  else
    statusLines({ ...found, ...said, page: shownPage(found.page, io) }, colors, io.columns('out')).forEach((line) =>
      io.out(redactor.redact(line)),
    )
  return found.leftover === null ? EXIT_CODES.ended : EXIT_CODES.failed
}

/** The link lets in whoever has it: it is for the eyes of whoever sits there, and for no file. */
const shownPage = (page: PagePlace | null, { outIsTerminal }: Pick<Io, 'outIsTerminal'>) =>
  page && { ...page, link: outIsTerminal ? page.link : null }

/** The place of a page in JSON, as the notice `ready` has it. */
const pageJson = (page: PagePlace | null) => ({
  inspector: page?.inspector ?? null,
  tokenFile: page?.tokenFile ?? null,
})

async function showConsents({ io, own }: Call, { config, stateHome, json }: OpenCommand): Promise<number> {
  const forget = own['forget'] === true
  const found = await listConsents(stateHome(), { bot: config.bot, forget })
  const consents = found.map((consent) => ({ ...consent, url: withoutValues(consent.url) }))
  if (json) io.out(toJson(cleanValue({ consents, forgotten: forget }, oneLine)))
  else consentLines(consents, { forgotten: forget, columns: io.columns('out') }).forEach(io.out)
  return EXIT_CODES.ended
}

async function showSandbox(
  { pid, cwd, folder }: RunningSandbox,
  { io }: Call,
  { json, colors, redactor }: OpenCommand,
): Promise<number> {
  if (folder === null) throw noSandbox()
  const found = await withDeadline([], { ms: LOOK_MS, reason: 'the sandbox does not answer' }, async (limited) =>
    (await reachRun(folder, limited)).call('status', {}, limited),
  )
  const clean = (text: string): string => oneLine(redactor.redact(text))
  const page = await pageIn(folder, (await readLock(folder))?.runId ?? null)
  if (json) io.out(toJson(cleanValue({ sandbox: { pid, cwd }, ...found, ...pageJson(page) }, clean)))
  else
    sandboxStatusLines(found, { cwd, page: shownPage(page, io) }, colors, io.columns('out')).forEach((line) =>
      io.out(redactor.redact(line)),
    )
  return EXIT_CODES.ended
}

type Said = Pick<OutputOf<'status'>, 'only' | 'replayOnSave'>
const NOTHING: Said = { only: null, replayOnSave: null }

/** What the run that has the bot says of itself: nothing where there is none, or it cannot be asked. */
async function askRun({ running, botId }: Status, { config, stateHome }: OpenCommand): Promise<Said> {
  if (running === null) return NOTHING
  const folder = botFolder(stateHome(), config.apiHost, botId)
  const limit = { ms: ASK_MS, reason: 'the run does not answer' }
  const asked = withDeadline([], limit, async (signal) => (await reachRun(folder, signal)).call('status', {}, signal))
  // One without an inspector cannot be asked, which is no reason to show nothing.
  return asked.then(({ only, replayOnSave }) => ({ only, replayOnSave })).catch(() => NOTHING)
}

/** In time, and not without a word when that takes a while. */
async function look(request: StatusRequest, { err }: Pick<Io, 'err'>): Promise<Status> {
  const { apiHost } = request.config
  const cancel = after(SLOW_MS, () => err(`· asking ${apiHost} …`))
  const reason = `${apiHost} does not answer within ${LOOK_MS / 1_000} s`
  try {
    return await withDeadline([], { ms: LOOK_MS, reason }, (limited) => readBotStatus(request, limited))
  } catch (error) {
    if (messageOf(error) !== reason) throw error
    throw new DevHookError('apiUnreachable', reason, { cause: error })
  } finally {
    cancel()
  }
}

/** What may be shown: URLs without their credentials, and no secret. */
function withoutSecrets(found: Status): object {
  const { page, ...rest } = found
  const { registration, owner } = rest
  return {
    ...rest,
    ...pageJson(page),
    registration: registration && {
      ...registration,
      url: shown(registration.url),
      secret: registration.secret === null ? null : '[redacted]',
    },
    owner: 'url' in owner ? { ...owner, url: withoutCredentials(owner.url) } : owner,
  }
}

const shown = (url: string | null): string | null => (url === null ? null : withoutCredentials(url))
