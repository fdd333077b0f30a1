// A recorded conversation as one HTML file that is read anywhere and played again: it runs nothing, and loads nothing.
import { createHash } from 'node:crypto'
import { DevHookError } from '../../core/errors.ts'
import { asRecord, valueIn } from '../../core/json.ts'
import { formatSize } from '../../core/text/size.ts'
import { toJson } from '../../core/text/to-json.ts'
import type { Fixture } from '../fixture/fixture.ts'
import { STAND_IN_KINDS, type StandInKind } from '../personal-data/stand-ins.ts'
import { bubble } from './bubbles.ts'
import { checksumMark, DATA_END, DATA_START, MAX_SHARED_BYTES, withChecksum } from './checksum.ts'
import { asHtml, type Html, html } from './html-text.ts'
import { dayOf, dayWords } from './moments.ts'
import { botIn, scenesOf } from './scenes.ts'
import type { SharedTalk } from './shared-talk.ts'
import { createShortener } from './shortener.ts'
import { STYLE } from './style.ts'

/** Nothing runs, nothing is loaded, and of styles only this one counts. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/** Writes the file, of printable ASCII characters. Throws `usage` when it would be too large. */
export function writeShared(talk: SharedTalk): string {
  const data = dataOf(talk.fixture)
  if (data.length > MAX_SHARED_BYTES) throw tooLarge(data.length)
  const shorten = createShortener()
  const shown = scenesOf(talk.deliveries)
  const days = shown.map(({ at }) => dayOf(at))
  const title = titleOf(talk)
  const items = shown.flatMap((one, n) => [
    ...(days[n] === days[n - 1] ? [] : [html`<li class="day">${dayWords(one.at)}</li>\n`]),
    bubble(one, shorten),
  ])
  const file = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${checksumMark}
<meta http-equiv="Content-Security-Policy" content="${asHtml(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="dev-hook ${talk.version}">
<title>${title}</title>
<style>${asHtml(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${headPart(talk, shown.length, days)}
</header>
<main>
<ol class="chat">
${items}</ol>
</main>
<footer>
<p>This file loads nothing and runs nothing. The conversation is in it a second time, as data: <code>dev-hook sandbox --play</code> says it again to a bot. To take something out, export it again; the data would keep what is deleted above.</p>
</footer>
${asHtml(DATA_START)}
${asHtml(data)}
${asHtml(DATA_END)}
</body>
</html>`
  if (file.html.length > MAX_SHARED_BYTES) throw tooLarge(file.html.length)
  return withChecksum(file.html)
}

const tooLarge = (bytes: number): DevHookError =>
  new DevHookError('usage', `the file would have ${formatSize(bytes)}, more than ${formatSize(MAX_SHARED_BYTES)}`, {
    remedy: 'export single deliveries of the conversation: `dev-hook events export <id> --as fixture`',
  })

const botOf = ({ deliveries }: SharedTalk): string => {
  const names = deliveries.map(({ payload }) =>
    botIn(asRecord(valueIn(valueIn(payload, 'data'), 'conversation')) ?? {}),
  )
  return names.find((name) => name !== 'Bot') ?? 'Bot'
}

function titleOf(talk: SharedTalk): string {
  const contact = scenesOf(talk.deliveries).find((one) => one.kind === 'message' && one.by === 'contact')
  const name = contact?.kind === 'message' ? contact.name : null
  const bot = botOf(talk)
  return name === null ? `A conversation with ${bot}` : `${name} and ${bot}`
}

function headPart(talk: SharedTalk, shown: number, days: readonly string[]): Html {
  const { version, deliveries, unasked } = talk
  const [from = '', to = from] = [days[0], days.at(-1)]
  const rows = [
    ['bot', botOf(talk)],
    ['date', `${from === to ? from : `${from} to ${to}`}, times are UTC`],
    [
      'contents',
      `${counted(shown, 'message or event', 'messages and events')}, ${counted(deliveries.length, 'delivery', 'deliveries')}`,
    ],
    ['replaced', replacedWords(talk)],
    ['written by', `dev-hook ${version}`],
    ...(unasked === 0
      ? []
      : [['not played', `${counted(unasked, 'message', 'messages')} of the bot, which nobody had asked for`]]),
  ]
  return html`<p>A conversation with a chat bot, as it was delivered to it. Beneath each message is its way to the bot.</p>
<dl>${rows.map(([name = '', value = '']) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
`
}

const counted = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`

const NOUNS: Readonly<Record<StandInKind, readonly [one: string, several: string]>> = {
  name: ['name', 'names'],
  'e-mail address': ['e-mail address', 'e-mail addresses'],
  'telephone number': ['telephone number', 'telephone numbers'],
  link: ['link', 'links'],
  value: ['value', 'values'],
  id: ['id', 'ids'],
}

/** What was replaced, by kind and number: never what it was. */
function replacedWords({ replaced, withSecrets }: SharedTalk): string {
  const secrets = withSecrets ? 'secrets were left in, as asked' : 'known secrets are [redacted]'
  if (replaced === null) return `nothing: names, addresses and ids are as they were; ${secrets}`
  const counts = STAND_IN_KINDS.flatMap((kind) => {
    const count = replaced.get(kind) ?? 0
    return count === 0 ? [] : [counted(count, ...NOUNS[kind])]
  })
  const words = counts.length === 0 ? 'no personal data was found' : `${counts.join(', ')}, each with a stand-in`
  return `${words}; ${secrets}. Who is named in texts only is not recognised.`
}

/** JSON in which nothing means anything in HTML, one step a line. */
function dataOf({ steps, ...rest }: Fixture): string {
  const head = toJson(rest).slice(0, -1)
  const lines = steps.map((step) => toJson(step)).join(',\n')
  const json = `${head},"steps":[\n${lines}\n]}`
  return json.replace(/[<>&]|[^\n -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
