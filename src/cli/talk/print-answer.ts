// What the bot has answered, on stdout.
import type { ShownMessage } from '../../core/notices.ts'
import { sanitizeLines } from '../../core/text/sanitize.ts'
import type { Io } from '../io.ts'
import { answerLines } from '../screen/message-lines.ts'

/** For whoever takes the answer from stdout, where nothing else is written. At a terminal that shows both it stands there already. */
export function printAnswer(message: ShownMessage, io: Pick<Io, 'out' | 'outIsTerminal' | 'errIsTerminal'>): void {
  if (io.outIsTerminal && io.errIsTerminal) return
  const { text, contentType, ...more } = message
  if (contentType !== undefined) return answerLines(message).forEach(io.out)
  if (text !== '') {
    if (io.outIsTerminal) sanitizeLines(text).forEach(io.out)
    else io.out(text)
  }
  answerLines({ ...more, text: '' }).forEach(io.out)
}
