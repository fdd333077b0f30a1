// One question to the person at the terminal.
import { createInterface } from 'node:readline/promises'
import { sanitize } from '../../core/text/sanitize.ts'
import type { DaemonOptions } from '../../daemon/types.ts'
import type { Io } from '../io.ts'
import { wrapWords } from '../screen/text-width.ts'

/** Asks for a yes. */
export type Ask = NonNullable<DaemonOptions['ask']>

/** Creates what asks the person at the terminal, below all that was printed. Anything but a yes, an interrupt too, is a no. */
export function createAsk({ prompt, flushed, columns }: Pick<Io, 'prompt' | 'flushed' | 'columns'>): Ask {
  return async (question, signal) => {
    await flushed()
    const lines = createInterface({ input: process.stdin, output: prompt, terminal: true })
    // While a line is being read the terminal passes Ctrl-C on as a key; the signal's own rules hold for it. Sent to ourselves
    // it would end us at once on Windows.
    lines.on('SIGINT', () => process.emit('SIGINT', 'SIGINT'))
    // Ctrl-D, or a terminal that is closed: nothing more will come.
    const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
    // The last line is the prompt, which is redrawn with every key.
    const wrapped = wrapWords(`${sanitize(question, 1_000)} [y/N]`, columns('err') - 1)
    for (const line of wrapped.slice(0, -1)) prompt.write(`${line}\n`)
    try {
      const answer = await Promise.race([lines.question(`${wrapped.at(-1)} `, { signal }), closed])
      return /^y(es)?$/i.test(answer.trim())
    } catch (error) {
      if (signal.aborted) return false
      throw error
    } finally {
      lines.close()
    }
  }
}
