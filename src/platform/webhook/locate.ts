// The table of the kinds of document that may carry a bot's webhook, most likely first.
import type { HookKind } from '../../core/notices.ts'
import type { Client } from '../api/client.ts'
import { BOT_RECORDS } from './bot-record.ts'
import { hidesSecrets, type Located, type NotLocated, type WebhookEndpoint, type WebhookLocation } from './location.ts'
import { findService, SERVICES } from './service.ts'

const ENDPOINTS: readonly WebhookEndpoint[] = [BOT_RECORDS, SERVICES]

/** Which webhook is meant. */
export interface WebhookRequest {
  readonly kind: Exclude<HookKind, 'manual' | 'relay'>
  readonly botId: string
  /** The name of our general webhook: `dev-hook <bot> <user>@<host>`. */
  readonly serviceName: string
  /** Where the webhook is in the bot's record, if the table does not know: `settings.hook`, `hooks.1`. */
  readonly webhookPath: string | null
}

/** Finds the webhook of a kind; `null` when it is a general one that has yet to be created. Throws what the client throws. */
export function findWebhook(
  client: Client,
  { kind, botId, serviceName, webhookPath }: WebhookRequest,
  signal: AbortSignal,
): Promise<Located | NotLocated | null> {
  return kind === 'service'
    ? findService(client, serviceName, () => true, signal)
    : findBotWebhook(client, botId, webhookPath, signal)
}

/** Finds the webhook of a bot: where `webhookPath` says, else at the endpoints of the table. Throws what the client throws. */
export async function findBotWebhook(
  client: Client,
  botId: string,
  webhookPath: string | null,
  signal: AbortSignal,
): Promise<Located | NotLocated> {
  const reasons: string[] = []
  for (const endpoint of webhookPath === null ? ENDPOINTS : [BOT_RECORDS]) {
    const found = await endpoint.find({ client, botId, webhookPath }, signal)
    if ('location' in found) return hidesSecrets(found) ? hidden(found.location) : found
    if (found.why === 'webhookAmbiguous') return found
    reasons.push(found.message)
  }
  return { why: 'webhookUnknown', message: reasons.join(', and ') }
}

const hidden = ({ label }: WebhookLocation): NotLocated => ({
  why: 'webhookAmbiguous',
  message: `${label} hides a password or secret, so it could not be put back`,
})

/** The endpoint that a document belongs to; `null` for a path that no webhook of ours can be at. */
export function endpointOf(document: string): WebhookEndpoint | null {
  const cut = document.lastIndexOf('/')
  const id = document.slice(cut + 1)
  if (id === '' || /[?#]/.test(id)) return null
  return ENDPOINTS.find(({ path }) => path === document.slice(0, cut)) ?? null
}
