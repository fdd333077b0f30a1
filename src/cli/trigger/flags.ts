// What a command line of `dev-hook trigger` asks for.
import { parseTarget, targetUrl } from '../../config/target.ts'
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { isLoopback } from '../../core/http/loopback.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { countOf, type Own, textOf } from '../command-line/own-flags.ts'
import { readSandboxChoice, type SandboxChoice } from '../sandbox/running-sandboxes.ts'

/** What it asks for; `null` for what it leaves open. */
export interface TriggerFlags {
  readonly event: string | null
  readonly text: string | null
  readonly set: readonly string[]
  readonly file: string | null
  readonly deliveryId: string | null
  /** The id of a recorded conversation, or a part of it. */
  readonly conversation: string | null
  readonly count: number
  /** How many a second; `null` for one after the other. */
  readonly rate: number | null
  readonly list: boolean
  readonly dryRun: boolean
  /** The URL that the events are sent straight to; `null` for the run. */
  readonly to: URL | null
  /** Which sandbox is meant, if one is. */
  readonly sandbox: SandboxChoice
}

/** Reads it. Throws `usage` for what means nothing. */
export function readTriggerFlags(words: readonly string[], own: Own): TriggerFlags {
  const [event = null, text = null]: readonly (string | null)[] = words
  const file = textOf(own, 'file')
  const list = own['list'] === true
  const deliveryId = textOf(own, 'deliveryId')
  if (event === null && file === null && !list) throw usage('say which event: its name, or that of a template')
  if (event !== null && list) throw usage(`\`--list\` names all events, and takes no \`${oneLine(event)}\``)
  if (deliveryId?.trim() === '') throw usage('`--delivery-id` is empty; `none` leaves it out')
  if (deliveryId === 'own' && file === null) throw usage('`--delivery-id own` is for the body of a `--file`')
  const set = own['set']
  const to = textOf(own, 'to')
  const rate = textOf(own, 'rate')
  return {
    event,
    text,
    set: Array.isArray(set) ? set.map(String) : [],
    file,
    deliveryId,
    conversation: textOf(own, 'conversation'),
    count: countOf(own, 'count') ?? 1,
    rate: rate === null ? null : readRate(rate),
    list,
    dryRun: own['dryRun'] === true,
    to: to === null ? null : readUrl(to),
    sandbox: readSandboxChoice(own['sandbox']),
  }
}

const usage = (message: string): DevHookError =>
  new DevHookError('usage', message, { remedy: 'see `dev-hook trigger --list`, or `dev-hook trigger --help`' })

const RATE = /^(\d{1,6}(?:\.\d{1,3})?)(?:\/([smh]))?$/
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 }
const MAX_PER_SECOND = 1_000

/** `5`, `5/s` or `30/m` → how many a second. */
function readRate(given: string): number {
  const [, amount, unit = 's'] = RATE.exec(given) ?? []
  const rate = Number(amount) / (SECONDS[unit] ?? 1)
  if (rate > 0 && rate <= MAX_PER_SECOND) return rate
  throw new DevHookError('usage', `\`${given}\` (from --rate) is not a rate`, {
    remedy: `give how many there are in a second, a minute or an hour, such as 5/s or 30/m; ${MAX_PER_SECOND} a second at most`,
  })
}

/** A URL on this machine or with https; a port or `host:port/path` means this machine too. */
function readUrl(given: string): URL {
  const short = parseTarget(given, '/')
  const url =
    URL.canParse(given) && given.includes('://') ? new URL(given) : 'value' in short && new URL(targetUrl(short.value))
  const problem = url === false ? 'is not a URL, host:port or port' : problemOf(url)
  if (url !== false && problem === null) return url
  throw new DevHookError('usage', `to ${JSON.stringify(withoutCredentials(given))} (from --to) ${problem}`, {
    remedy: 'give the URL of the bot’s webhook, such as http://127.0.0.1:3000/hook',
  })
}

function problemOf({ protocol, hostname }: URL): string | null {
  if (protocol === 'https:') return null
  if (protocol !== 'http:') return 'is neither http nor https'
  return isLoopback(hostname) ? null : 'is not https, and not on this machine: what is sent could be read on the way'
}
