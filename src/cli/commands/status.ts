// `dev-hook status`: prints what is registered now.
import { after, withDeadline } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Owner } from '../../core/ports.ts'
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import { readBotStatus, type Status, type StatusRequest } from '../../daemon/offline/status.ts'
import type { CommandHandler } from '../command.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import { openCommand } from '../open-command.ts'
import { cleanValue } from '../output/clean-notice.ts'
import { openNotices } from '../output/output.ts'
import { toJson } from '../output/to-json.ts'

const LOOK_MS = 30_000
const SLOW_MS = 1_000

export const status: CommandHandler = async (call) => {
  const { io } = call
  const { config, redactor, stateHome, who, json, colors } = await openCommand(call)
  const { emit } = openNotices({ config, redactor, json: false }, io)
  const found = await look({ config, stateHome: stateHome(), who, emit, redactor }, io)
  if (json) io.out(toJson(cleanValue(withoutSecrets(found), oneLine)))
  else lines(found, colors.dim).forEach(io.out)
  return found.leftover === null ? EXIT_CODES.ended : EXIT_CODES.failed
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
function withoutSecrets(found: Status): unknown {
  const { registration, owner } = found
  return {
    ...found,
    registration: registration && {
      ...registration,
      url: shown(registration.url),
      secret: registration.secret === null ? null : '[redacted]',
    },
    owner: 'url' in owner ? { ...owner, url: withoutCredentials(owner.url) } : owner,
  }
}

const shown = (url: string | null): string | null => (url === null ? null : withoutCredentials(url))

function lines(found: Status, dim: (text: string) => string): string[] {
  const { botId, registration, owner, answers, leftover, running } = found
  const rows: readonly (readonly [string, string])[] = [
    ['bot', botId],
    ['webhook', shown(registration?.url ?? null) ?? 'none'],
    ['events', registration?.events?.join(', ') ?? 'all'],
    ['status', registration?.status ?? 'not shown'],
    ['owner', nameOf(owner)],
    ['answers', answers === null ? '–' : answers ? 'yes' : 'no'],
    ['running', running === null ? 'no run on this machine' : running.user],
    ['leftover', sayLeftover(leftover)],
  ]
  return rows.map(([name, value]) => `${dim(name.padEnd(9))} ${sanitize(value)}`)
}

function sayLeftover(leftover: Status['leftover']): string {
  if (leftover === null) return 'nothing'
  if ('damaged' in leftover)
    return `the record of what an earlier run replaced cannot be read (${leftover.damaged}): check the webhook in the admin page`
  const { takenAt, owed, blocked } = leftover
  const run = `the run that began at ${takenAt} did not put the webhook back (${owed ?? 'there was none'})`
  return blocked
    ? `${run}, as another dev-hook has it: run \`dev-hook restore\` once that has ended`
    : `${run}; \`dev-hook restore\` does`
}

function nameOf(owner: Owner): string {
  if (owner.is === 'nobody') return 'nobody'
  if (owner.is === 'us') return 'a dev-hook on this machine'
  if (owner.is === 'somebody') return 'somebody else, not dev-hook'
  return `another dev-hook: ${owner.who ?? (owner.answers ? 'unnamed' : 'it no longer answers')}`
}
