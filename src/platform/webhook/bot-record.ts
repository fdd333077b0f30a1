// The webhook in a bot's own record, looked for in what a read returns, as its place there is not documented.
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { objectIn } from '../api/api-errors.ts'
import type { Client } from '../api/client.ts'
import { isHook } from './hook.ts'
import {
  type Located,
  type NotLocated,
  readingOf,
  valueAt,
  type WebhookEndpoint,
  type WebhookSearch,
} from './location.ts'

/** The endpoint of the bots' records. */
export const BOT_RECORDS: WebhookEndpoint = { path: '/v2/bots', statusField: null, deletable: false, find }

/** The API path of a bot's record. */
export const botDocument = (botId: string): string => `${BOT_RECORDS.path}/${encodeURIComponent(botId)}`

/** Reads a bot's record. Throws what the client throws, and `apiNotJson` for what is no record. */
export async function readBot(client: Client, botId: string, signal: AbortSignal): Promise<Json> {
  const path = botDocument(botId)
  return objectIn(`GET ${path}`, (await client.get(path, { signal })).json)
}

interface BotDocument {
  readonly id: string
  readonly record: Json
}

type Candidate = Located | 'ambiguous' | null

interface Locator {
  /** The field of the record where it searches. */
  readonly field: string
  locate(bot: BotDocument): Candidate
}

/** The fields of the record that may hold the webhook, most likely first. */
const LOCATORS: readonly Locator[] = [
  {
    field: 'webhook',
    locate: (bot) => (isOpen(bot, 'webhook') || isHook(valueIn(bot.record, 'webhook')) ? at(bot, ['webhook']) : null),
  },
  { field: 'hooks', locate: (bot) => inList(bot, ['hooks']) },
  { field: 'webhooks', locate: (bot) => inList(bot, ['webhooks']) },
  { field: 'params', locate: (bot) => (isHook(valueIn(bot.record, 'params')) ? at(bot, ['params']) : null) },
  // A bot may have a `url` for other reasons: only together with events or a secret is it a webhook's.
  {
    field: 'url',
    locate: (bot) =>
      textIn(bot.record, 'url') !== null && ('events' in bot.record || 'secret' in bot.record) ? at(bot, []) : null,
  },
]

/** Searches where the config says, else in the fields of the table: one with a URL goes before one without. */
async function find({ client, botId, webhookPath }: WebhookSearch, signal: AbortSignal): Promise<Located | NotLocated> {
  const bot = { id: botId, record: await readBot(client, botId, signal) }
  const candidates = webhookPath === null ? LOCATORS.map(({ locate }) => locate(bot)) : [named(bot, webhookPath)]
  const located = candidates.filter((candidate) => candidate !== null && candidate !== 'ambiguous')
  const best = located.find(({ reading }) => reading.registered.url !== null) ?? located[0]
  if (best !== undefined) return best
  if (candidates.includes('ambiguous')) {
    return { why: 'webhookAmbiguous', message: `bot ${botId} has several webhooks and it is unclear which one to use` }
  }
  return { why: 'webhookUnknown', message: whyUnknown(botId, webhookPath) }
}

function whyUnknown(botId: string, webhookPath: string | null): string {
  if (webhookPath !== null) return `\`${webhookPath}\` of bot ${botId} cannot hold a webhook`
  const fields = LOCATORS.map(({ field }) => field)
  return `bot ${botId} shows no webhook in ${fields.slice(0, -1).join(', ')} or ${fields.at(-1)}`
}

// Seen, and open for a webhook: nothing is registered yet.
function isOpen({ record }: BotDocument, key: string): boolean {
  const value = record[key]
  return Object.hasOwn(record, key) && (value === null || (isRecord(value) && Object.keys(value).length === 0))
}

function at({ id, record }: BotDocument, keys: readonly string[], entry: number | null = null): Located {
  const label = ['bot', ...keys, ...(entry === null ? [] : [String(entry)])].join('.')
  const location = { endpoint: BOT_RECORDS, label, document: botDocument(id), keys, entry }
  return { location, reading: readingOf(location, record, () => true) }
}

function inList(bot: BotDocument, keys: readonly string[]): Candidate {
  const entries = valueAt(bot.record, keys)
  if (!Array.isArray(entries) || !entries.every(isHook)) return null
  if (entries.length <= 1) return at(bot, keys, 0)
  const [only, ...others] = entries.flatMap((entry, index) => (textIn(entry, 'url') === null ? [] : [index]))
  return only === undefined || others.length > 0 ? 'ambiguous' : at(bot, keys, only)
}

function named(bot: BotDocument, path: string): Candidate {
  const keys = path.split('.').filter((key) => key !== '')
  const value = valueAt(bot.record, keys)
  if (Array.isArray(value)) return inList(bot, keys)
  const last = keys.at(-1)
  const parent = keys.slice(0, -1)
  if (last === undefined) return null
  const holder = valueAt(bot.record, parent)
  if (Array.isArray(holder)) return isRecord(holder[Number(last)]) ? at(bot, parent, Number(last)) : null
  // Not seen, but the config names it; its parent has to be there all the same.
  return isRecord(holder) && (value === undefined || value === null || isRecord(value)) ? at(bot, keys) : null
}
