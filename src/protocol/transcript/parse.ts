// A transcript read from text, line by line; what is wrong is named with its line and column.

import { createLineReader, type LinePlace, type LineReader } from './line-reader.ts'
import type { SaidLine, Scene, Transcript, TranscriptLine } from './model.ts'
import { readItem, readSaid, readText } from './parse-said.ts'
import { readSpeaker } from './parse-speaker.ts'
import { BOT, VERBS } from './words.ts'

interface OpenScene extends Scene {
  readonly lines: TranscriptLine[]
}

/**
 * Reads a transcript; `source` is what errors call it. Throws `fixtureInvalid`, with line and column, for anything else. An empty
 * text is a transcript without conversations.
 */
export function parseTranscript(text: string, source = 'transcript'): Transcript {
  const scenes: OpenScene[] = []
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() !== '') readLine(line, { source, line: index + 1 }, scenes)
  }
  return scenes
}

function readLine(line: string, place: LinePlace, scenes: OpenScene[]): void {
  const reader = createLineReader(line, place)
  if (reader.take('==')) {
    scenes.push({ heading: heading(reader), lines: [] })
    return
  }
  const scene = scenes.at(-1) ?? { heading: null, lines: [] }
  if (scenes.length === 0) scenes.push(scene)
  const { lines } = scene
  reader.skipSpace()
  const isIndented = reader.at() > 0
  if (reader.take('#')) lines.push({ kind: 'note', text: restOf(reader) })
  else if (!isIndented) lines.push(statement(reader))
  else if (reader.take('|')) lines.push(continued(reader, lines.pop()))
  else if (reader.take('-')) lines.push(withItem(reader, lines.pop()))
  else lines.push(command(reader))
}

function heading(reader: LineReader): string {
  reader.skipSpace()
  const text = reader.until('=')
  if (reader.take('==')) {
    reader.skipSpace()
    if (reader.isDone()) return text
  }
  throw reader.fail('a heading ends with `==`, and nothing follows it: `== Jenny ==`')
}

function restOf(reader: LineReader): string {
  reader.skipSpace()
  return reader.until('')
}

/** A line that begins with who does something. */
function statement(reader: LineReader): TranscriptLine {
  const { by, unseen, contentType } = readSpeaker(reader)
  const done = { by, unseen }
  const plain = (verb: string): void => {
    if (contentType !== null)
      throw reader.fail(`a content type is that of something said, not of what somebody ${verb.trim()}`)
  }
  for (const kind of ['presses', 'opens', 'closes'] as const) {
    if (!reader.take(VERBS[kind])) continue
    plain(VERBS[kind])
    const what = named(reader, kind === 'presses' ? 'button' : 'form')
    return kind === 'presses' ? { kind, ...done, button: what } : { kind, ...done, form: what }
  }
  if (reader.take(VERBS.fills)) {
    plain(VERBS.fills)
    return { kind: 'fills', ...done, field: field(reader), value: restOf(reader) }
  }
  if (reader.take(':')) return readSaid(reader, done, contentType)
  throw reader.fail('expected `:` and what is said, or `presses` and a button')
}

/** What is pressed, or which form. */
function named(reader: LineReader, what: string): string {
  reader.skipSpace()
  if (reader.isDone()) throw reader.fail(`the ${what} is missing`)
  if (!reader.take('"')) return reader.until('')
  const name = reader.quoted()
  reader.skipSpace()
  if (reader.isDone()) return name
  throw reader.fail('nothing follows the last quote')
}

function field(reader: LineReader): string {
  const key = reader.take('"') ? reader.quoted() : reader.until(':')
  if (reader.take(':')) return key
  throw reader.fail('expected `:` and the value of the field: `Jenny fills in email: jenny@example.com`')
}

/** A further line of what was said before. */
function continued(reader: LineReader, before: TranscriptLine | undefined): SaidLine {
  const said = saidBefore(reader, before, 'a line that begins with `|` goes on with something that was said')
  if (said.buttons.length > 0) throw reader.fail('the text goes on after its buttons: they stand at its end')
  reader.take(' ')
  const { text, buttons } = readText(reader)
  return { ...said, text: `${said.text}\n${text}`, buttons }
}

function withItem(reader: LineReader, before: TranscriptLine | undefined): SaidLine {
  const said = saidBefore(reader, before, 'a line that begins with `-` is an item of something that was said')
  return { ...said, items: [...said.items, readItem(reader)] }
}

function saidBefore(reader: LineReader, before: TranscriptLine | undefined, sentence: string): SaidLine {
  if (before?.kind === 'says') return before
  throw reader.fail(`${sentence}, which does not stand before it`, 1)
}

function command(reader: LineReader): TranscriptLine {
  if (/^[/>]/.test(reader.rest())) return { kind: 'command', by: { is: 'bot' }, text: reader.until('') }
  const { by, unseen, contentType } = readSpeaker(reader)
  if (unseen.length > 0 || contentType !== null) throw reader.fail('a command cannot have such a mark')
  if (!reader.take(':'))
    throw reader.fail(`an indented line is a command (\`/set topic faq\` of ${BOT}, or \`Alex (agent): /join\`)`)
  return { kind: 'command', by, text: restOf(reader) }
}
