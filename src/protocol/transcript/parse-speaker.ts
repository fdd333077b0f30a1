// Who does something, as a line of a transcript begins: a name, and in brackets what is to be known of it.

import type { LineReader } from './line-reader.ts'
import { type TranscriptSpeaker, UNSEEN_REASONS, type UnseenReason } from './model.ts'
import { BOT, isPlainName, isPlainType, VERBS } from './words.ts'

/** The beginning of a line. */
interface Beginning {
  readonly by: TranscriptSpeaker
  readonly unseen: readonly UnseenReason[]
  /** `null`: it names none. */
  readonly contentType: string | null
}

/** Reads the name and its marks. */
export function readSpeaker(reader: LineReader): Beginning {
  const isQuoted = reader.take('"')
  const name = isQuoted ? reader.quoted() : plainName(reader)
  const { isAgent, ...marks } = reader.take(' (') ? readMarks(reader) : NO_MARKS
  const isBot = !isQuoted && name === BOT
  if (isBot && isAgent) throw reader.fail(`${BOT} is the bot, not an agent: write a person of that name in quotes`)
  return { by: isBot ? { is: 'bot' } : { is: isAgent ? 'agent' : 'contact', name }, ...marks }
}

function plainName(reader: LineReader): string {
  const rest = reader.rest()
  const ends = [':', ' (', ...Object.values(VERBS)].map((end) => rest.indexOf(end)).filter((index) => index >= 0)
  if (ends.length === 0) throw reader.fail('expected a name, then `:` and what is said: `Jenny: hi`')
  const name = rest.slice(0, Math.min(...ends))
  if (name !== BOT && !isPlainName(name))
    throw reader.fail('a name like this is written in quotes: `"Jenny (work)": hi`')
  reader.take(name)
  return name
}

interface Marks extends Omit<Beginning, 'by'> {
  readonly isAgent: boolean
}

const NO_MARKS: Marks = { isAgent: false, unseen: [], contentType: null }

/** Reads what stands in brackets: `agent`, a content type, `unseen:` and why. */
function readMarks(reader: LineReader): Marks {
  let marks = NO_MARKS
  do {
    reader.skipSpace()
    marks = withMark(reader, marks)
  } while (reader.take(','))
  if (reader.take(')')) return marks
  throw reader.fail('expected `)` or `,`')
}

function withMark(reader: LineReader, marks: Marks): Marks {
  if (reader.take('"')) return { ...marks, contentType: reader.quoted() }
  const isFirst = reader.take('unseen:')
  if (isFirst) reader.skipSpace()
  const column = reader.at() + 1
  const word = reader.until(',)')
  if (isFirst || marks.unseen.length > 0) {
    const reason = UNSEEN_REASONS.find((known) => known === word)
    if (reason !== undefined) return { ...marks, unseen: [...marks.unseen, reason] }
    throw reader.fail(`\`unseen:\` has one of ${UNSEEN_REASONS.join(', ')}`, column)
  }
  if (word === 'agent') return { ...marks, isAgent: true }
  if (isPlainType(word)) return { ...marks, contentType: word }
  throw reader.fail('expected `agent`, a content type, or `unseen:` with the reason', column)
}
