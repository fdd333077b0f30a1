// What is said in a line of a transcript: a text, the buttons at its end, and items.

import type { LineReader } from './line-reader.ts'
import { PLAIN, type SaidLine, type TranscriptButton, type TranscriptItem } from './model.ts'

/** Reads what follows the name; `null` stands for the usual content type. */
export function readSaid(
  reader: LineReader,
  done: Pick<SaidLine, 'by' | 'unseen'>,
  contentType: string | null,
): SaidLine {
  reader.skipSpace()
  return { kind: 'says', ...done, contentType: contentType ?? PLAIN, ...readText(reader), items: [] }
}

/** Reads a text up to its end, and the buttons there. */
export function readText(reader: LineReader): Pick<SaidLine, 'text' | 'buttons'> {
  const text = reader.until('[')
  return { text, buttons: readButtons(reader) }
}

function readButtons(reader: LineReader): readonly TranscriptButton[] {
  const buttons: TranscriptButton[] = []
  for (reader.skipSpace(); reader.take('['); reader.skipSpace()) buttons.push(readButton(reader))
  if (reader.isDone()) return buttons
  throw reader.fail('a button must be at the end: write `\\[` for a bracket that is part of the text')
}

function readButton(reader: LineReader): TranscriptButton {
  const text = enclosed(reader, ']')
  return { text, link: reader.take('(') ? enclosed(reader, ')') : null }
}

/** What is between brackets, the first of which has been read. */
function enclosed(reader: LineReader, end: string): string {
  const column = reader.at()
  const text = reader.until(end)
  if (reader.take(end)) return text
  throw reader.fail(`the bracket is not closed with \`${end}\``, column)
}

/** Reads an item: its title, description, picture and buttons; each may be missing. */
export function readItem(reader: LineReader): TranscriptItem {
  reader.skipSpace()
  const title = reader.until(':[<')
  const description = reader.take(':') ? readDescription(reader) : ''
  const picture = reader.take('<') ? enclosed(reader, '>') : null
  return { title, description, picture, buttons: readButtons(reader) }
}

function readDescription(reader: LineReader): string {
  reader.skipSpace()
  return reader.until('[<')
}
