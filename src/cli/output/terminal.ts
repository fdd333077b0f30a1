// Notices as lines for a person: the ready block, one line per delivery, the totals.

import { type Clock, MONOTONIC } from '../../core/async.ts'
import { ERRORS } from '../../core/errors.ts'
import type { Notice } from '../../core/notices.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { exitWords } from '../../core/text/exit-words.ts'
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { crashCause } from '../screen/crash-cause.ts'
import { createDeliveryLines, type NoticeOf, type WriteLine } from '../screen/delivery-lines.ts'
import { type KeyHint, readyBlock } from '../screen/ready-block.ts'
import { relayWords } from '../screen/relay-lines.ts'
import { refusedCallWords, sandboxLines } from '../screen/sandbox-lines.ts'
import { wrapWords } from '../screen/text-width.ts'
import { type Colors, colorsFor } from './colors.ts'
import { problemLines } from './problem-lines.ts'
import { createProgress } from './progress.ts'

export interface TerminalOptions {
  readonly write: (line: string) => void
  readonly color: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** How many columns the terminal has now; not finite where nothing is one. */
  readonly columns: () => number
  /** Whether the webhook is put back at the end; it is, unless somebody wishes otherwise. */
  readonly restore?: boolean
  /** The keys there are while the run is under way; none where nobody can press them. */
  readonly keys?: readonly KeyHint[]
  /** Whether they stand at the bottom of the terminal all the time; default false. */
  readonly hasLine?: boolean
  /** Whether the platform is emulated; default false. */
  readonly emulated?: boolean
  /** The address of the page that lets a browser in; none where nobody can be at a browser. */
  readonly pageLink?: () => string | null
  readonly clock?: Clock
}

/** What is printed even when quiet: what is wrong, what has to be done by hand, and the end. */
const IMPORTANT: ReadonlySet<Notice['type']> = new Set([
  'error',
  'warning',
  'call',
  'rejected',
  'registration',
  'stopped',
])

/** Creates the renderer: a listener that prints what a person wants to see of each notice. */
// One story: each type of notice has its line here.
export function createTerminal(options: TerminalOptions): (notice: Notice) => void {
  const {
    write,
    quiet,
    verbose,
    restore = true,
    keys = [],
    hasLine = false,
    emulated = false,
    clock = MONOTONIC,
  } = options
  const colors = colorsFor(options.color)
  const block = { pageLink: () => null, ...options, colors, restore, keys, hasLine, emulated }
  const progress = createProgress((step) => write(colors.dim(`· ${step} …`)))
  let ready: NoticeOf<'ready'> | null = null
  let bot: NoticeOf<'bot'> | null = null
  const line: WriteLine = (notice, text) => write(`${colors.dim(timeOfDay(notice.time))} ${text}`)
  const columns = (): number => options.columns() - CLOCK_COLUMNS
  const prose = proseWriter(line, write, columns)
  const deliveryColors = emulated ? { ...colors, bold: colors.dim } : colors
  const deliveries = createDeliveryLines({ line, colors: deliveryColors, columns, clock })

  /** Its output was not shown: what it said last, so that the crash can be understood. */
  const onQuietCrash = (notice: NoticeOf<'bot'> & Notice): void => {
    botLine(notice, keys, colors).forEach((text) => prose(notice, text))
    if (notice.repeated === true) return
    for (const said of (notice.lines ?? []).slice(-QUIET_LINES)) write(`${colors.cyan('bot │')} ${said}`)
  }

  return (notice) => {
    if (verbose) write(colors.dim(toJson(notice)))
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
      case 'consent':
        return line(notice, consentLine(notice, restore))
      case 'ready':
        return readyBlock(notice, isAbsent(bot), block).forEach(write)
      case 'delivery':
      case 'replay':
      case 'held':
      case 'released':
      case 'acknowledged':
      case 'attempt':
      case 'passed':
        return deliveries.show(notice)
      case 'bot-output':
        return write(`${colors.cyan('bot │')} ${notice.line}`)
      case 'bot':
        return botLine(notice, keys, colors).forEach((text) => prose(notice, text))
      case 'tunnel':
        // At the start the ready block says it.
        if (ready === null && notice.state === 'online') return
        return tunnelLine(notice, ready?.relay?.is === 'developer', colors).forEach((text) => prose(notice, text))
      case 'registration':
        return registrationLines(notice).forEach((text) => line(notice, text))
      case 'sandbox':
      case 'chaos':
      case 'message':
        return sandboxLines(notice, colors, options.columns()).forEach(write)
      case 'routed':
      case 'developer':
      case 'broker':
        return relayWords(notice, colors).forEach((text) => line(notice, text))
      case 'call':
        return line(notice, refusedCallWords(notice, colors))
      case 'restored':
        if (isUntold(notice.result, emulated) || (ready === null && notice.result === 'nothing')) return
        return line(notice, `webhook: ${became(notice.result, ready)}`)
      case 'rejected':
        return line(notice, rejectedWords(notice, colors))
      case 'warning':
      case 'error':
        // Each such call has a line of its own, and not only the first of its kind.
        if (notice.code === ERRORS.botCallFailed.code) return
        return problemLinesOf(notice, colors, options.columns()).forEach(write)
      case 'stopped':
        deliveries.end()
        // A start that failed, or was ended, has nothing to count.
        return ready === null ? undefined : write(totals(notice, ready, emulated))
      default:
        notice satisfies never
    }
  }
}

function problemLinesOf(notice: NoticeOf<'warning' | 'error'>, colors: Colors, columns: number): readonly string[] {
  const { type, message } = notice
  const head = type === 'error' ? colors.red(type) : colors.yellow(type)
  return problemLines(head, { ...notice, lines: [message] }, columns)
}

/** How much of a crashed bot's output is shown when quiet. */
const QUIET_LINES = 10

const isCrash = (notice: Notice): notice is NoticeOf<'bot'> & Notice =>
  notice.type === 'bot' && notice.state === 'crashed'

/** Of the time before a line, and the space after it. */
const CLOCK_COLUMNS = 9

/** Writes what a notice says, broken between words where it is too long, below its own beginning. */
const proseWriter =
  (line: WriteLine, write: (line: string) => void, columns: () => number): WriteLine =>
  (notice, text) => {
    const [first = '', ...more] = wrapWords(text, columns())
    line(notice, first)
    for (const part of more) write(`${' '.repeat(CLOCK_COLUMNS)}${part}`)
  }

function rejectedWords({ status, detail, more, id }: NoticeOf<'rejected'>, colors: Colors): string {
  const others = more === undefined ? '' : `, and ${more} more like it`
  return `${colors.red('✗')} rejected ${status} ${sanitize(detail)}${others} ${colors.dim(id)}`
}

const timeOfDay = (time: string): string => new Date(time).toTimeString().slice(0, 8)

/** True for a bot that somebody else runs, and has not started yet. One of ours says by itself when it is ready. */
const isAbsent = (bot: NoticeOf<'bot'> | null): boolean => bot !== null && bot.pid === null && bot.state !== 'ready'

function crashWords({ code, lines = [], waits, repeated }: NoticeOf<'bot'>, keys: readonly KeyHint[]): string {
  const restart = keys.some(({ key }) => key === 'b') ? ' (b restarts it now)' : ''
  const waiting = waits === undefined ? '' : `, waiting for a save${restart}`
  if (repeated === true) {
    const cause = crashCause(lines)
    return `bot crashed again (${exitWords(code)})${cause === null ? '' : `: ${cause}`}${waiting}`
  }
  const held = waits === undefined ? ' until it is started again, at once on a save' : waiting
  return `bot crashed (${exitWords(code)}); deliveries are held${held}`
}

function botLine(notice: NoticeOf<'bot'>, keys: readonly KeyHint[], colors: Colors): string[] {
  const { state, pid, port, code, ms, reason } = notice
  if (reason !== undefined) return [`${colors.yellow('●')} bot restarting (${sanitize(reason)})`]
  if (state === 'ready') return [`${colors.green('●')} bot ready on port ${port} ${colors.dim(formatDuration(ms))}`]
  if (state === 'crashed') return [`${colors.red('●')} ${crashWords(notice, keys)}`]
  // Without a process of ours it was only watched.
  if (state === 'stopped' && pid !== null) return [`${colors.yellow('●')} bot stopped (${exitWords(code)})`]
  return []
}

function tunnelLine({ state, url, forwarded }: NoticeOf<'tunnel'>, isRelays: boolean, colors: Colors): string[] {
  if (forwarded !== undefined) {
    const { by, port } = forwarded
    return [`no tunnel is set up: ${by} forwards ${sanitize(url ?? '')} to port ${port}, which has to be public`]
  }
  if (isRelays && state === 'reconnecting') return [colors.yellow('the relay does not answer, waiting for it …')]
  if (isRelays && state === 'online') return [colors.dim('the relay is back')]
  if (state === 'reconnecting') return [colors.yellow('tunnel lost, reopening it …')]
  if (state === 'offline') return [colors.red('tunnel gone')]
  return state === 'online' && url !== null ? [colors.dim(`tunnel online: ${sanitize(url)}`)] : []
}

function consentLine({ url, since }: NoticeOf<'consent'>, restore: boolean): string {
  const agreed = since === null ? 'as you agreed earlier' : `as you agreed on ${since.slice(0, 10)}`
  return `${agreed}: ${sanitize(url)} gets no events until ${restore ? 'you quit' : '`dev-hook restore`'}`
}

function registrationLines(notice: NoticeOf<'registration'>): string[] {
  const { state, url, events } = notice
  if (state === 'behind')
    return [`${sanitize(notice.who ?? 'another dev-hook')} joins: what it does not take for itself still comes here`]
  if (state === 'moved') return ['the dev-hook in front of this one passes on to the new public URL']
  if (state === 'ahead') return ['the webhook points here again']
  if (state === 'reclaimed') {
    const why = events == null ? 'the public URL has changed' : `its events are now ${events.join(', ')}`
    return [`webhook claimed again: ${sanitize(why)}`]
  }
  if (state !== 'manual') return []
  return [
    'set the webhook by hand: Settings, your organization, Bots, the bot, tab Webhook',
    // The one place where credentials are printed: they have to be pasted.
    `  URL      ${oneLine(url ?? '')}`,
    `  events   ${oneLine(events?.join(', ') ?? 'all')}`,
    '  then Save Webhook and Verify; waiting for the challenge …',
  ]
}

const RESTORED: Readonly<Record<NoticeOf<'restored'>['result'], string>> = {
  restored: 'restored',
  deleted: 'deleted, as it was before',
  superseded: 'left alone, it is somebody else’s now',
  nothing: 'left as it is',
  failed: 'NOT restored',
}

function became(result: NoticeOf<'restored'>['result'], ready: NoticeOf<'ready'> | null): string {
  if (ready?.kind === 'relay') return 'left to the relay'
  return result === 'nothing' && ready?.kind === 'manual' ? 'set by hand, so set it back by hand' : RESTORED[result]
}

/** The webhook of a sandbox ends with it, and that of the bot was never touched: to tell that it is back would only frighten. */
const isUntold = (result: NoticeOf<'restored'>['result'], emulated: boolean): boolean =>
  emulated && result === 'restored'

function totals(notice: NoticeOf<'stopped'>, ready: NoticeOf<'ready'>, emulated: boolean): string {
  const { deliveries, held, longestHoldMs, undelivered, interrupted, unrouted, restored, passed, ignored } = notice
  const longest = held === 0 ? '' : ` (longest ${formatDuration(longestHoldMs)})`
  // Nothing of a sandbox is there after it.
  const left = emulated ? 'never at the bot' : 'kept for the next run'
  const kept = undelivered === 0 ? '' : `, ${undelivered} ${left}`
  const astray = unrouted === 0 ? '' : `, ${unrouted} answered 404 or 405 (see \`--path\`)`
  const others = [passed === 0 ? '' : `, ${passed} passed on`, ignored === 0 ? '' : `, ${ignored} ignored`].join('')
  const lost =
    interrupted === 0
      ? '0 lost'
      : `${interrupted} possibly lost (the connection to the bot broke${emulated ? '' : '; `dev-hook replay --failed` forwards them again'})`
  const webhook = isUntold(restored, emulated) ? '' : `, webhook ${became(restored, ready)}`
  return `${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}${others}, ${held} held${longest}, ${lost}${astray}${kept}${webhook}`
}
