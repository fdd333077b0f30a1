// Notices as lines for a person: the ready block, one line per delivery, the totals.
import { formatDuration } from '../../core/duration.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Notice } from '../../core/notices.ts'

import { type Colors, colorsFor } from './colors.ts'
import { eventWords, statusWord } from './event-words.ts'
import { createProgress } from './progress.ts'
import { sanitize } from './sanitize.ts'

export interface TerminalOptions {
  readonly write: (line: string) => void
  readonly color: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** Whether the webhook is put back at the end; it is, unless somebody wishes otherwise. */
  readonly restore?: boolean
}

type Of<T extends Notice['type']> = Extract<Notice, { readonly type: T }>

/** What is remembered of a delivery until its last line is printed. */
interface Pending {
  readonly delivery: Of<'delivery' | 'replay'>
  reason: string | null
  heldMs: number | null
}

/** More than any queue holds: the memory of lines stays bounded whatever happens. */
const MOST_PENDING = 20_000

/** What is printed even when quiet: what is wrong, what has to be done by hand, and the end. */
const IMPORTANT: ReadonlySet<Notice['type']> = new Set(['error', 'warning', 'rejected', 'registration', 'stopped'])

/** Creates the renderer: a listener that prints what a person wants to see of each notice. */
export function createTerminal(options: TerminalOptions): (notice: Notice) => void {
  const { write, quiet, verbose, restore = true } = options
  const colors = colorsFor(options.color)
  const pending = new Map<string, Pending>()
  const progress = createProgress((step) => write(colors.dim(`· ${step} …`)))
  let ready: Of<'ready'> | null = null
  let bot: Of<'bot'> | null = null

  const line = (notice: Notice, text: string): void => write(`${colors.dim(clock(notice.time))} ${text}`)

  const onDelivery = (notice: Of<'delivery'>): void => {
    if (notice.redelivery !== undefined)
      return line(notice, `${colors.dim('↺')} ${eventWords(notice, colors)} ${colors.dim('redelivered')}`)
    remember(notice)
  }

  const remember = (notice: Pending['delivery']): void => {
    pending.set(notice.id, { delivery: notice, reason: null, heldMs: null })
    const oldest = pending.size > MOST_PENDING ? pending.keys().next().value : undefined
    if (oldest !== undefined) pending.delete(oldest)
  }

  const onHeld = (notice: Of<'held'>): void => {
    const known = pending.get(notice.id)
    if (!known) return
    known.reason = notice.reason
    line(
      notice,
      `${colors.yellow('⏸')} ${eventWords(known.delivery, colors)} ${colors.yellow(`held (${notice.reason})`)}`,
    )
  }

  const onAttempt = (notice: Of<'attempt'>): void => {
    const known = pending.get(notice.id)
    // A refused attempt is repeated by itself, and shows as held.
    if (!known || notice.outcome === 'refused') return
    pending.delete(notice.id)
    const result = notice.status === null ? colors.red(notice.outcome) : statusWord(notice.status, colors)
    const held =
      known.heldMs === null
        ? ''
        : ` ${colors.yellow(`⏸ held ${formatDuration(known.heldMs)} (${known.reason ?? 'bot not ready'})`)}`
    const hint = notice.outcome === 'interrupted' ? colors.dim(' not retried automatically') : ''
    const mark = known.delivery.type === 'replay' ? colors.cyan('↻') : '←'
    line(
      notice,
      `${mark} ${eventWords(known.delivery, colors)} ${result} ${colors.dim(formatDuration(notice.ms))}${held}${hint}`,
    )
  }

  const onAcknowledged = (notice: Of<'acknowledged'>): void => {
    const known = pending.get(notice.id)
    if (!known) return
    const what = colors.yellow(`acknowledged after ${formatDuration(notice.ms)} in place of the bot`)
    line(notice, `${colors.yellow('⏸')} ${eventWords(known.delivery, colors)} ${what}`)
  }

  const onReleased = (notice: Of<'released'>): void => {
    const known = pending.get(notice.id)
    if (known) known.heldMs = notice.ms
  }

  /** Its output was not shown: what it said last, so that the crash can be understood. */
  const onQuietCrash = (notice: Of<'bot'> & Notice): void => {
    botLine(notice, colors).forEach((text) => line(notice, text))
    for (const said of (notice.lines ?? []).slice(-QUIET_LINES)) write(`${colors.cyan('bot │')} ${said}`)
  }

  return (notice) => {
    if (verbose) write(colors.dim(JSON.stringify(notice)))
    if (notice.type === 'ready') ready = notice
    if (notice.type === 'bot') bot = notice
    if (notice.type === 'ready' || notice.type === 'stopped') progress.end()
    if (quiet && isCrash(notice)) return onQuietCrash(notice)
    if (quiet && !IMPORTANT.has(notice.type)) return
    switch (notice.type) {
      case 'starting':
        return progress.step(notice.step)
      case 'asking':
        // The question is on the screen, and nothing is under way.
        return progress.end()
      case 'ready':
        return readyBlock(notice, restore, bot, colors).forEach(write)
      case 'delivery':
        return onDelivery(notice)
      case 'replay':
        return remember(notice)
      case 'attempt':
        return onAttempt(notice)
      case 'held':
        return onHeld(notice)
      case 'released':
        return onReleased(notice)
      case 'acknowledged':
        return onAcknowledged(notice)
      case 'bot-output':
        return write(`${colors.cyan('bot │')} ${notice.line}`)
      case 'bot':
        return botLine(notice, colors).forEach((text) => line(notice, text))
      case 'tunnel':
        return tunnelLine(notice, colors).forEach((text) => line(notice, text))
      case 'registration':
        return registrationLines(notice).forEach((text) => line(notice, text))
      case 'message':
        return write(`${colors.cyan(colors.bold(sanitize(notice.name)))} ${sanitize(notice.text, 2_000)}`)
      case 'restored':
        return ready === null && notice.result === 'nothing'
          ? undefined
          : line(notice, `webhook: ${became(notice.result, ready)}`)
      case 'rejected':
        return line(
          notice,
          `${colors.red('✗')} rejected ${notice.status} ${sanitize(notice.detail)} ${colors.dim(notice.id)}`,
        )
      case 'warning':
        return writeProblem(write, colors.yellow('warning'), notice)
      case 'error':
        return writeProblem(write, colors.red('error'), notice)
      case 'stopped':
        // A start that failed, or was ended, has nothing to count.
        return ready === null ? undefined : write(totals(notice, ready))
      default:
        notice satisfies never
    }
  }
}

/** How much of a crashed bot's output is shown when quiet. */
const QUIET_LINES = 10

const isCrash = (notice: Notice): notice is Of<'bot'> & Notice => notice.type === 'bot' && notice.state === 'crashed'

const clock = (time: string): string => new Date(time).toTimeString().slice(0, 8)

function writeProblem(
  write: (line: string) => void,
  head: string,
  { code, message, remedy }: Of<'error' | 'warning'>,
): void {
  const [first = '', ...more] = message.split('\n')
  write(`${head}: ${sanitize(first, 500)} [${code}]`)
  for (const text of more) write(`       ${sanitize(text, 500)}`)
  write(`  → ${sanitize(remedy, 500)}`)
}

function readyBlock(notice: Of<'ready'>, restore: boolean, bot: Of<'bot'> | null, colors: Colors): string[] {
  const total = notice.steps.reduce((sum, { ms }) => sum + ms, 0)
  const steps = notice.steps.map(({ name, ms }) => `${name} ${Math.round(ms)}`).join(', ')
  const { before } = notice
  const was =
    before === null
      ? 'nothing'
      : `${withoutCredentials(before.url)}${before.status === null ? '' : ` (${before.status})`}`
  const rows: [string, string][] = [
    ['public', notice.url],
    ['bot', isAbsent(bot) ? `${notice.target} (nothing listens there yet, deliveries are held)` : notice.target],
    ['webhook', notice.kind === 'manual' ? 'set by hand' : `the ${notice.kind} webhook points here; before: ${was}`],
    ['events', notice.events === null ? 'all' : notice.events.join(', ')],
    ['api', notice.api],
    ...(notice.inspector === null ? [] : ([['inspector', notice.inspector]] satisfies [string, string][])),
    ['quit', `Ctrl-C; ${whatFollows(notice.kind, restore)}`],
  ]
  return [
    `${colors.green(colors.bold('Ready'))} in ${formatDuration(total)} ${colors.dim(`(ms: ${steps})`)}`,
    ...rows.map(([name, value]) => `  ${colors.dim(name.padEnd(9))} ${sanitize(value)}`),
  ]
}

/** True for a bot that somebody else runs, and has not started yet. One of ours says by itself when it is ready. */
const isAbsent = (bot: Of<'bot'> | null): boolean => bot !== null && bot.pid === null && bot.state !== 'ready'

function whatFollows(kind: Of<'ready'>['kind'], restore: boolean): string {
  if (kind === 'manual') return 'then set the webhook back by hand'
  return restore ? 'the webhook is put back' : 'the webhook stays as it is, `dev-hook restore` puts it back'
}

function botLine({ state, pid, port, code, ms, reason }: Of<'bot'>, colors: Colors): string[] {
  if (reason !== undefined) return [`${colors.yellow('●')} bot restarting (${sanitize(reason)})`]
  if (state === 'ready') return [`${colors.green('●')} bot ready on port ${port} ${colors.dim(formatDuration(ms))}`]
  if (state === 'crashed')
    return [
      `${colors.red('●')} bot crashed (${code ?? 'no code'}); deliveries are held until it is started again, at once on a save`,
    ]
  // Without a process of ours it was only watched.
  if (state === 'stopped' && pid !== null) return [`${colors.yellow('●')} bot stopped (${code ?? 'no code'})`]
  return []
}

function tunnelLine({ state, url, forwarded }: Of<'tunnel'>, colors: Colors): string[] {
  if (forwarded !== undefined) {
    const { by, port } = forwarded
    return [`no tunnel is set up: ${by} forwards ${sanitize(url ?? '')} to port ${port}, which has to be public`]
  }
  if (state === 'reconnecting') return [colors.yellow('tunnel lost, reopening it …')]
  if (state === 'offline') return [colors.red('tunnel gone')]
  return state === 'online' && url !== null ? [colors.dim(`tunnel online: ${url}`)] : []
}

function registrationLines(notice: Of<'registration'>): string[] {
  const { state, url, events } = notice
  if (state === 'reclaimed') {
    const why = events == null ? 'the public URL has changed' : `its events are now ${events.join(', ')}`
    return [`webhook claimed again: ${sanitize(why)}`]
  }
  if (state !== 'manual') return []
  return [
    'set the webhook by hand: Settings, your organization, Bots, the bot, tab Webhook',
    // The one place where credentials are printed: they have to be pasted.
    `  URL      ${url ?? ''}`,
    `  events   ${events?.join(', ') ?? 'all'}`,
    '  then Save Webhook and Verify; waiting for the challenge …',
  ]
}

const RESTORED: Readonly<Record<Of<'restored'>['result'], string>> = {
  restored: 'restored',
  deleted: 'deleted, as it was before',
  superseded: 'left alone, it is somebody else’s now',
  nothing: 'left as it is',
  failed: 'NOT restored',
}

function became(result: Of<'restored'>['result'], ready: Of<'ready'> | null): string {
  return result === 'nothing' && ready?.kind === 'manual' ? 'set by hand, so set it back by hand' : RESTORED[result]
}

function totals(notice: Of<'stopped'>, ready: Of<'ready'>): string {
  const { deliveries, held, longestHoldMs, undelivered, interrupted, restored } = notice
  const longest = held === 0 ? '' : ` (longest ${formatDuration(longestHoldMs)})`
  const kept = undelivered === 0 ? '' : `, ${undelivered} kept for the next run`
  const lost =
    interrupted === 0
      ? '0 lost'
      : `${interrupted} possibly lost (the connection to the bot broke; \`dev-hook replay --failed\` forwards them again)`
  return `${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}, ${held} held${longest}, ${lost}${kept}, webhook ${became(restored, ready)}`
}
