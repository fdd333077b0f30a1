// The remembered consents of all bots on this machine: listed, and forgotten.
import { type Consent, forgetConsent, readConsent } from '../account/consent.ts'
import { listBots } from './find-bot.ts'

/** The remembered consent of one bot. */
export interface BotConsent extends Consent {
  readonly bot: string
  /** The platform's API, as a URL. */
  readonly api: string
}

/** Lists what is remembered, of one bot or of all; with `forget`, none of it is afterwards. */
export async function listConsents(
  stateHome: string,
  { bot: only, forget }: { readonly bot: string | null; readonly forget: boolean },
): Promise<readonly BotConsent[]> {
  const found: BotConsent[] = []
  for (const { bot, api, folder } of await listBots(stateHome)) {
    const consent = only === null || bot === only ? await readConsent(folder) : null
    if (consent === null) continue
    found.push({ bot, api, ...consent })
    if (forget) await forgetConsent(folder)
  }
  return found
}
