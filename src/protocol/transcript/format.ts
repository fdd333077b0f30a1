// A transcript as text.
import { escapeLine, escapeText, quote, withEnd } from './escape.ts'
import {
  PLAIN,
  type SaidLine,
  type Transcript,
  type TranscriptButton,
  type TranscriptItem,
  type TranscriptLine,
  type TranscriptSpeaker,
} from './model.ts'
import { BOT, isPlainName, isPlainType } from './words.ts'

/** Writes a transcript, without a line break at its end; `parseTranscript` reads the same back. */
export function formatTranscript(transcript: Transcript): string {
  return transcript
    .map(({ heading, lines }) => [...headingLine(heading), ...lines.map(formatLine)].join('\n'))
    .join('\n\n')
}

const headingLine = (heading: string | null): readonly string[] =>
  heading === null ? [] : [`== ${escapeLine(heading, '=')} ==`]

/** Writes one line, with those that belong to it. */
export function formatLine(line: TranscriptLine): string {
  switch (line.kind) {
    case 'says':
      return said(line)
    case 'presses':
      return `${who(line)} presses ${named(line.button)}`
    case 'fills':
      return `${who(line)} fills in ${fieldName(line.field)}: ${escapeLine(line.value)}`.trimEnd()
    case 'opens':
    case 'closes':
      return `${who(line)} ${line.kind} the form ${named(line.form)}`
    case 'command':
      return `  ${command(line)}`
    case 'note':
      return `  # ${escapeLine(line.text)}`.trimEnd()
    default:
      return line satisfies never
  }
}

/** A text that a line may end with, and may not be empty. */
const named = (text: string): string => (text === '' ? quote(text) : escapeLine(text).replace(/^"/, '\\"'))

const fieldName = (field: string): string => (/^[\w.-]+$/.test(field) ? field : quote(field))

function command({ by, text }: Extract<TranscriptLine, { kind: 'command' }>): string {
  if (by.is === 'bot' && /^[/>]/.test(text)) return escapeLine(text)
  return `${speaker(by)}${marks(by.is === 'agent' ? ['agent'] : [])}: ${escapeLine(text)}`.trimEnd()
}

function said(line: SaidLine): string {
  const [first = '', ...more] = line.text.split('\n')
  const written = [
    `${who(line)}: ${escapeLine(first, '[')}`,
    ...more.map((each) => `  | ${withEnd(escapeText(each, '['))}`),
  ]
  return [...withButtons(written, line.buttons), ...line.items.map(item)].join('\n')
}

/** What a line of a text begins with stays when there is no more of it. */
function withButtons(lines: readonly string[], buttons: readonly TranscriptButton[]): readonly string[] {
  const last = lines.at(-1) ?? ''
  const ended = [last.trimEnd(), ...buttons.map(button)].join(' ')
  return [...lines.slice(0, -1).map((line) => line.trimEnd()), ended]
}

const button = ({ text, link }: TranscriptButton): string =>
  `[${escapeLine(text, '[]')}]${link === null ? '' : address(link)}`

const address = (link: string): string => `(${escapeLine(link, '()')})`

function item({ title, description, picture, buttons }: TranscriptItem): string {
  const head = escapeLine(title, ':[<')
  const parts = [
    `  - ${head}${description === '' ? '' : `: ${escapeLine(description, '[<')}`}`.trimEnd(),
    ...(picture === null ? [] : [`<${escapeLine(picture, '<>')}>`]),
    ...buttons.map(button),
  ]
  return parts.join(' ')
}

function who({ by, unseen, ...line }: Exclude<TranscriptLine, { kind: 'command' | 'note' }>): string {
  const type = 'contentType' in line && line.contentType !== PLAIN ? [contentType(line.contentType)] : []
  const reasons = unseen.length === 0 ? [] : [`unseen: ${unseen.join(', ')}`]
  return `${speaker(by)}${marks([...(by.is === 'agent' ? ['agent'] : []), ...type, ...reasons])}`
}

const contentType = (type: string): string => (isPlainType(type) ? type : quote(type))

const marks = (words: readonly string[]): string => (words.length === 0 ? '' : ` (${words.join(', ')})`)

function speaker(by: TranscriptSpeaker): string {
  if (by.is === 'bot') return BOT
  return isPlainName(by.name) ? by.name : quote(by.name)
}
