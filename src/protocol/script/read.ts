// Reading a script, in whatever form it was written down: a transcript, a fixture, or a shared file.
import { DevHookError } from '../../core/errors.ts'
import { readFixture } from '../fixture/fixture.ts'
import { isHtml, readShared } from '../shared/read-shared.ts'
import { parseTranscript } from '../transcript/parse.ts'
import { scriptOfFixture } from './from-fixture.ts'
import { type Script, scriptOfTranscript } from './script.ts'

/** Reads it by its content; `source` is what errors call it. Throws `fixtureInvalid` with line and column. */
export function readScript(text: string, source: string): Script {
  const script = scriptIn(text, source)
  if (script.steps.length > 0) return script
  throw new DevHookError('fixtureInvalid', `${source}: nobody says anything in it`, {
    remedy: 'give a transcript or fixture in which a contact or an agent speaks',
  })
}

function scriptIn(text: string, source: string): Script {
  if (isHtml(text)) return scriptOfFixture(readShared(text, source), source)
  if (/^[\ufeff\s]*[{[]/.test(text)) return scriptOfFixture(readFixture(text.replace(/^\ufeff/, ''), source), source)
  return scriptOfTranscript(parseTranscript(text, source), source)
}
