// The lines that say that a run is ready: at most eight, with what a person looks up there.
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Notice } from '../../core/notices.ts'
import type { RelayRole } from '../../core/relay/relay-notices.ts'
import { formatDuration } from '../../core/text/duration.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { cutToWidth, widthOf } from './text-width.ts'

type Ready = Extract<Notice, { readonly type: 'ready' }>

/** A key that does something while a run is under way. */
export interface KeyHint {
  readonly key: string
  /** In a word: `pause`. */
  readonly hint: string
}

export interface ReadyBlockOptions {
  readonly colors: Colors
  /** How many columns a line may take. */
  readonly columns: () => number
  /** Whether the webhook is put back at the end. */
  readonly restore: boolean
  /** The keys there are; none where nobody can press them. */
  readonly keys: readonly KeyHint[]
  /** Whether they stand at the bottom of the terminal, below the block. */
  readonly hasLine: boolean
  /** Whether the platform is emulated: its webhook, and how it is reached, concern nobody then. */
  readonly emulated: boolean
  /** The address of the page that lets a browser in; `null` where nobody can be at a browser. */
  readonly pageLink: () => string | null
  /** Whether to say how long each step took. */
  readonly verbose: boolean
}

/** A row of the block. */
interface Row {
  readonly name: string
  /** Is never cut, as it may be copied: a terminal wraps it. */
  readonly value: string
  /** Follows the value, as far as there are columns for it. */
  readonly more?: string
}

/** An API that need not be named. */
const USUAL_API = 'https://api.web1on1.chat'

/** With fewer columns, the values do not stand below each other. */
const NARROW = 60

/** Creates the block; its first word is `Ready`. `isBotAbsent`: nothing listens on the bot's port, and nobody is starting it. */
export function readyBlock(notice: Ready, isBotAbsent: boolean, options: ReadyBlockOptions): string[] {
  const { colors, verbose } = options
  const columns = options.columns()
  const total = notice.steps.reduce((sum, { ms }) => sum + ms, 0)
  const steps = notice.steps.map(({ name, ms }) => `${name} ${Math.round(ms)}`).join(', ')
  const isNarrow = columns < NARROW
  const lines = rowsOf(notice, isBotAbsent, options).map(({ name, value, more = '' }) => {
    const head = isNarrow ? `${colors.dim(name)} ${value}` : `  ${colors.dim(name.padEnd(9))} ${value}`
    const left = columns - widthOf(head)
    // A word or two of it would say nothing.
    return left < Math.min(widthOf(more), 12) ? head : `${head}${cutToWidth(more, left)}`
  })
  const took = verbose ? ` ${colors.dim(`(ms: ${steps})`)}` : ''
  return [`${colors.green(colors.bold('Ready'))} in ${formatDuration(total)}${took}`, ...lines]
}

function rowsOf(
  notice: Ready,
  isBotAbsent: boolean,
  { restore, keys, hasLine, colors, emulated, pageLink }: ReadyBlockOptions,
): Row[] {
  const { url, target, api, events, kind, inspector } = notice
  const isOurs = kind === 'bot' || kind === 'service'
  const quit = isOurs && restore && !emulated ? ', the webhook is put back' : ''
  return [
    ...(emulated ? [] : [{ name: 'public', value: sanitize(url) }]),
    notice.relay?.is === 'relay'
      ? developersRow(notice.relay)
      : {
          name: 'bot',
          value: sanitize(target),
          more: isBotAbsent ? ' (nothing listens yet: deliveries are held)' : '',
        },
    ...(emulated ? [] : [webhookRow(notice, restore)]),
    { name: 'events', value: '', more: events === null ? 'all' : sanitize(events.join(', '), 1_000) },
    ...(inspector === null ? [] : [inspectorRow(inspector, notice.tokenFile, pageLink())]),
    ...(api === USUAL_API ? [] : [{ name: 'api', value: sanitize(api) }]),
    keys.length === 0 || hasLine
      ? { name: 'quit', value: hasLine ? 'q or Ctrl-C' : 'Ctrl-C', more: quit }
      : { name: 'keys', value: keys.map(({ key, hint }) => `${colors.bold(key)} ${hint}`).join('  '), more: quit },
  ]
}

/** Who gets the deliveries of a relay. */
function developersRow({ broker, fallback }: Extract<RelayRole, { readonly is: 'relay' }>): Row {
  const rest = fallback === 'hold' ? 'is held' : `goes to ${fallback}`
  return { name: 'to', value: `developers at ${sanitize(broker)}`, more: sanitize(`; what no developer wants ${rest}`) }
}

function webhookRow({ kind, before, relay, passesTo }: Ready, restore: boolean): Row {
  if (relay?.is === 'developer')
    return { name: 'relay', value: sanitize(relay.relay), more: sanitize(`, you are ${relay.name}`) }
  if (kind === 'manual') return { name: 'webhook', value: 'set by hand', more: ': set it back by hand at the end' }
  const status = before?.status == null ? '' : ` (${before.status})`
  const was = before === null ? 'nothing' : `${withoutCredentials(before.url)}${status}`
  const until = restore ? '' : ' until `dev-hook restore`'
  const what = kind === 'service' ? 'a general webhook points here' : 'points here'
  const row = { name: 'webhook', value: `${what}${until}` }
  if (passesTo === undefined) return { ...row, more: sanitize(`; before: ${was}`) }
  const others = passesTo === null ? 'ignored, as nobody takes them' : `passed on to ${passesTo}`
  return { ...row, more: sanitize(`; what does not match is ${others}`) }
}

function inspectorRow(inspector: string, tokenFile: string | null, link: string | null): Row {
  if (link !== null) return { name: 'inspector', value: link }
  return {
    name: 'inspector',
    value: sanitize(inspector),
    more: tokenFile === null ? '' : sanitize(`, token in ${tokenFile}`),
  }
}
