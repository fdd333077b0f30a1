// What was said in a sandbox that runs in another process, as it is shown here.
import type { ShownMessage } from '../../core/notices.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { asMessage } from '../../sandbox/chat/draft.ts'
import { shownMessage } from '../talk/shown-message.ts'

type Said = OutputOf<'say'>['message']

/** A message as whoever reads along sees it. */
export const shownSaid = ({ id, by, name, document }: Said): ShownMessage =>
  shownMessage(asMessage({ ...document, id }), {
    role: by,
    name,
    elsewhere: null,
    hasContact: true,
    to: [],
    fields: [],
    numberOf: () => null,
  })

/** A message as one line of JSON: a `message`, as a sandbox announces it. */
export const saidJson = (said: Said): string =>
  toJson(cleanValue({ type: 'message', time: said.time, ...shownSaid(said) }, oneLine))
