// Reading a script, in whatever form it was written down: a transcript, or a fixture.
import { readFixture } from '../fixture/fixture.ts'
import { parseTranscript } from '../transcript/parse.ts'
import { scriptOfFixture } from './from-fixture.ts'
import { type Script, scriptOfTranscript } from './script.ts'

/** Reads it by its content; `source` is what errors call it. Throws `fixtureInvalid` with line and column. */
export function readScript(text: string, source: string): Script {
  const isJson = /^[\ufeff\s]*[{[]/.test(text)
  return isJson
    ? scriptOfFixture(readFixture(text.replace(/^\ufeff/, ''), source), source)
    : scriptOfTranscript(parseTranscript(text, source), source)
}
