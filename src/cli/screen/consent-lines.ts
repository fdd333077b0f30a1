// The remembered consents, as lines for a person.
import { sanitize } from '../../core/text/sanitize.ts'
import type { BotConsent } from '../../daemon/offline/consents.ts'
import { localTime } from '../events/row.ts'
import { wrapWords } from './text-width.ts'

/** One paragraph for each, and what can be done. */
export function consentLines(
  consents: readonly BotConsent[],
  {
    forgotten,
    columns,
    now = new Date(),
  }: { readonly forgotten: boolean; readonly columns: number; readonly now?: Date },
): readonly string[] {
  if (consents.length === 0)
    return ['no consent is remembered: a run asks before it takes the webhook of somebody else']
  const lines = consents.map(({ bot, api, url, since }) => {
    const when = since === null ? '' : `, since ${localTime(Date.parse(since), now)}`
    return `${forgotten ? 'forgotten: ' : ''}bot ${bot} at ${api} may take ${url}${when}`
  })
  const end = forgotten ? 'the next run asks again' : '→ `dev-hook status --forget` forgets them; `--bot` names one'
  return [...lines, end].flatMap((line) => wrapWords(sanitize(line, 1_000), columns))
}
