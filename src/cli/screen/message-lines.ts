// A message of the sandbox as lines: who says what, what can be pressed, and why the contact does not see it.
import type { ShownButton, ShownItem, ShownMessage } from '../../core/notices.ts'
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import type { Colors } from '../output/colors.ts'
import { widthOf, wrapWords } from './text-width.ts'

/** The longest line of a text, and the longest of anything else, in characters. */
const [MAX_LINE, MAX_PART] = [2_000, 400]
/** The most lines of one message. */
const MAX_LINES = 100
/** Further lines stand below the first word of what is said, but not further to the right than this. */
const MAX_INDENT = 12
/** With fewer columns it stands nearly at the left, but not where our own remedies do. */
const [NARROW, NARROW_INDENT] = [50, 4]

const WHY_UNSEEN: Readonly<Record<Exclude<NonNullable<ShownMessage['unseen']>, 'type'>, string>> = {
  role: 'the role is "bot"',
  backchannel: 'in the backchannel',
  'widget-call': 'a call of the widget',
}

/** The lines of a message, in at most so many columns. */
export function messageLines(message: ShownMessage, colors: Colors, columns: number): readonly string[] {
  const name = sanitize(message.name, 40)
  const place = message.elsewhere === undefined ? '' : `[${sanitize(message.elsewhere, 40)}] `
  const deed = deedOf(message)
  const head = `${place}${name} ${deed === null ? '›' : deed}`
  const indent = columns < NARROW ? NARROW_INDENT : Math.min(MAX_INDENT, widthOf(head) + 1)
  const [first = '', ...rest] = withReason(deed === null ? contentLines(message) : [], message)
  const [start = '', ...more] = wrapWords(first === '' ? head : `${head} ${first}`, columns)
  // The first line begins further to the left than those below it, which have fewer columns.
  const below = [more.join(' '), ...rest].flatMap((line) => wrapBelow(line, indent, columns))
  return [start, ...below].map((line, i) => painted(line, i === 0 ? head : '', message, colors))
}

/** What stands on stdout of a message that the contact sees: no name, and nothing around it. */
export const answerLines = (message: ShownMessage): readonly string[] => contentLines(message)

function painted(line: string, head: string, { unseen, role }: ShownMessage, colors: Colors): string {
  if (unseen !== undefined) return colors.dim(line)
  if (head === '' || !line.startsWith(head)) return line
  const paint = { bot: colors.cyan, agent: colors.yellow, contact: colors.green }[role]
  return `${paint(colors.bold(head))}${line.slice(head.length)}`
}

function wrapBelow(line: string, indent: number, columns: number): readonly string[] {
  if (line === '') return []
  const own = line.length - line.trimStart().length
  const left = ' '.repeat(indent + own)
  return wrapWords(line.trim(), columns - indent - own).map((part) => `${left}${part}`)
}

/** What somebody does who says nothing: `presses FAQ`. `null` for what is said. */
function deedOf({ kind, role, text, buttons, fields }: ShownMessage): string | null {
  if (kind === 'postback' && role !== 'bot') return `presses ${sanitize(buttons?.[0]?.text ?? text, MAX_PART)}`
  if (kind === 'field') {
    const [key = '', ...value] = text.replace(/^\./, '').split(' ')
    return `fills in ${sanitize(key, 80)}: ${sanitize(value.join(' '), MAX_PART)}`
  }
  if (kind === 'results') return `sends the form ${sanitize(text, 80)}`
  if (kind !== 'form') return null
  const what = text.startsWith('-') ? 'closes' : 'opens'
  const open =
    fields === undefined || fields.length === 0 ? '' : ` (${fields.map((field) => sanitize(field, 40)).join(', ')})`
  return `${what} the form ${sanitize(text.replace(/^[+-]\s*/, ''), 80)}${what === 'opens' ? open : ''}`
}

/** What it shows, line by line. */
function contentLines(message: ShownMessage): readonly string[] {
  const { text, quote, title, items = [], buttons = [] } = message
  const lines = [
    ...(quote === undefined ? [] : [`> ${sanitize(quote, MAX_PART)}`]),
    ...(title === undefined ? [] : [sanitize(title, MAX_PART)]),
    ...(text === '' ? [] : textLines(message)),
    ...(buttons.length === 0 ? [] : [buttonsLine(buttons)]),
    ...items.flatMap(itemLines),
  ]
  return lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`] : lines
}

function textLines({ text, contentType = '', lines, to = [] }: ShownMessage): readonly string[] {
  if (to.length > 0) return [`${sanitize(text, MAX_LINE)} (to ${to.map((name) => sanitize(name, 40)).join(', ')})`]
  const kind = contentType.startsWith('image/') ? 'picture' : isFile(contentType) ? `file (${contentType})` : ''
  // An address is never cut, so that it can be opened.
  if (kind !== '') return [`${sanitize(kind, 80)} ${oneLine(text)}`]
  return (lines ?? [text]).map((line) => sanitize(line, MAX_LINE))
}

/** The text of anything but a text is the address of what is shown. */
const isFile = (contentType: string): boolean => contentType !== '' && !contentType.startsWith('text/')

function itemLines({ title, description, picture, buttons }: ShownItem): readonly string[] {
  return [
    `- ${sanitize(title, MAX_PART)}`,
    ...(description === undefined ? [] : [`  ${sanitize(description, MAX_LINE)}`]),
    ...(picture === undefined ? [] : [`  picture ${oneLine(picture)}`]),
    ...(buttons.length === 0 ? [] : [`  ${buttonsLine(buttons)}`]),
  ]
}

const buttonsLine = (buttons: readonly ShownButton[]): string => buttons.map(buttonWords).join('  ')

/** `[1 Settings]`; where it leads, if it leads anywhere. */
function buttonWords({ number, text, uri }: ShownButton): string {
  const label = `[${number === undefined ? '' : `${number} `}${sanitize(text, 80)}]`
  return uri === undefined ? label : `${label} ${oneLine(uri)}`
}

/** The lines, the last one with the reason why the contact does not see them; a command says that by itself, and so does a form. */
function withReason(lines: readonly string[], { kind, unseen }: ShownMessage): readonly string[] {
  if (unseen === undefined || kind === 'command' || kind === 'results') return lines
  const why = unseen === 'type' ? `a ${sanitize(kind, 20)} is for the team` : WHY_UNSEEN[unseen]
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''} (the contact does not see this: ${why})`.trimStart()]
}
