// What the stream of a run tells: every notice, clean enough to be shown, what happens in its sandbox, and what has changed.
import type { Notice } from '../../core/notices.ts'
import { cleanNotice } from '../../core/text/clean-notice.ts'
import type { Redact } from '../../core/text/redact.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import type { StreamSource } from '../../inspector/stream.ts'
import type { DaemonOptions } from '../types.ts'

/** Creates the source, which listens only while somebody listens to it. */
export function createStreamSource({
  notices,
  redactor,
  sandbox,
  changes,
}: Pick<DaemonOptions, 'notices' | 'redactor' | 'sandbox'> & { readonly changes?: StreamSource }): StreamSource {
  return {
    on: (listener) => {
      const offs = [
        notices.on((notice) => {
          // What is said in a sandbox comes from the sandbox itself, with all that is known of it.
          if (notice.type !== 'message') listener(shown(notice, redactor.redact))
        }),
        ...(sandbox === undefined ? [] : [sandbox.on(listener)]),
        ...(changes === undefined ? [] : [changes.on(listener)]),
      ]
      return () => {
        for (const off of offs) off()
      }
    },
  }
}

function shown(notice: Notice, redact: Redact): Notice {
  const clean = cleanNotice(notice, redact)
  return clean.type === 'bot-output' ? { ...clean, line: oneLine(clean.line) } : clean
}
