// What is written of a recorded delivery, or of its conversation, for other tools and other people.
import { targetUrl } from '../../config/target.ts'
import type { Handlers } from '../../inspector/operations/table.ts'
import type { RunJournal } from '../../journal/journal.ts'
import type { DeliveryDetail } from '../../journal/reader.ts'
import { withoutSecrets } from '../record/export/exported.ts'
import { EXPORTS } from '../record/export/exports.ts'
import type { Run } from '../run.ts'
import { forBot } from '../traffic/replay/replay-rules.ts'
import { shareTalk } from './share-talk.ts'

interface Known {
  /** Rejects with `deliveryUnknown`. */
  find(id: string): Promise<DeliveryDetail>
  /** That of the webhook; `null` when it is not known. */
  secret(): string | null
}

/** Creates the handler. */
export const createExport =
  (
    { parts, options }: Pick<Run, 'parts' | 'options'>,
    journal: RunJournal,
    { find, secret }: Known,
  ): Handlers<'export'>['export'] =>
  async ({ id, as }) => {
    const { config, command, redactor } = options
    const { redact } = redactor
    if (as === 'html' || as === 'transcript' || as === 'test')
      return shareTalk(journal, { id, as }, { redact, command })
    const { summary, delivery } = await find(id)
    const whole = forBot(delivery, null, parts.traffic?.botSecret() ?? config.secret)
    const { delivery: clean } = withoutSecrets(whole, redact, secret())
    return { text: EXPORTS[as]({ delivery: clean, label: summary.label, url: targetUrl(config.target) }) }
  }
