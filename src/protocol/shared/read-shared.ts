// The conversation in a shared file, read back for playing; what is wrong with a file is said with what to do.
import { DevHookError } from '../../core/errors.ts'
import { type Fixture, readFixture } from '../fixture/fixture.ts'
import { DATA_END, DATA_START, readChecksum, SHARED_VERSION } from './checksum.ts'

/** Whether a text is HTML, of whatever kind: nothing else that can be played begins like that. */
export const isHtml = (text: string): boolean => /^[\ufeff\s]*</.test(text)

/** Reads it; `source` is what errors call it. Throws `fixtureInvalid` for a file that is foreign, damaged, or changed by hand. */
export function readShared(text: string, source: string): Fixture {
  // A mail, or Git, may have given its lines other ends.
  const file = text.replace(/^[\ufeff\s]+/, '').replaceAll('\r\n', '\n')
  const mark = readChecksum(file)
  if (mark === null) throw invalid(source, 'this is HTML, but not a conversation that dev-hook has exported', ANOTHER)
  if (mark.version !== SHARED_VERSION) {
    throw invalid(
      source,
      `the conversation in it has the form ${mark.version}, and this dev-hook reads ${SHARED_VERSION}`,
      'update dev-hook: `npm install -D dev-hook@latest`',
    )
  }
  if (!file.trimEnd().endsWith('</html>'))
    throw invalid(source, 'it ends too early: a part of the file is missing', AGAIN)
  if (!mark.isRight)
    throw invalid(
      source,
      'it was changed after it was exported, so that what it shows may not be what it plays',
      BY_HAND,
    )
  const start = file.indexOf(`\n${DATA_START}\n`)
  const end = file.indexOf(DATA_END, start)
  if (start === -1 || end === -1) throw invalid(source, 'there is no conversation in it for programs', AGAIN)
  const data = start + DATA_START.length + 2
  // With the lines above it, by which errors name the place in the file.
  const lines = file.slice(0, data).split('\n').length - 1
  return readFixture('\n'.repeat(lines) + file.slice(data, end), source)
}

const invalid = (source: string, sentence: string, remedy: string): DevHookError =>
  new DevHookError('fixtureInvalid', `${source}: ${sentence}`, { remedy })

const ANOTHER = 'give one that `dev-hook events export <conversation> --as html` has written'
const AGAIN = 'have the file sent again, in an archive or as an attachment, or export it again'
const BY_HAND =
  'play the file as it was exported; a form that may be changed by hand is written by `dev-hook events export <conversation> --as transcript`'
