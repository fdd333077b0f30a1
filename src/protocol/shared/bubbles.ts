// One message of a shared conversation as a bubble of a chat; or another event, as a line between them.

import type { UnseenReason } from '../transcript/model.ts'
import { deliveriesPart } from './delivery-part.ts'
import { type Html, html } from './html-text.ts'
import { actionsIn, cardsIn, fileTypeIn, type OfferedAction, quoteIn, resultsIn, wordsIn } from './message-parts.ts'
import { clock } from './moments.ts'
import type { SharedEvent, SharedMessage } from './scenes.ts'
import type { Shortener } from './shortener.ts'

const MAX_TEXT = 5_000

/** Writes one of them as an item of a list. */
export function bubble(shown: SharedMessage | SharedEvent, shorten: Shortener): Html {
  if (shown.kind === 'event') {
    const { at, delivery } = shown
    return html`<li class="bubble system"><p class="head">${clock(at)}</p><p>${shorten(delivery.event, 300)}</p>${deliveriesPart([delivery], shorten)}</li>
`
  }
  const { by, name, at, line, document, deliveries } = shown
  const why = unseenWords(shown)
  const tags = [by === 'contact' ? null : by, line.kind === 'says' ? null : line.kind].filter((tag) => tag !== null)
  const kinds = [
    'bubble',
    `by-${by}`,
    ...(line.kind === 'command' ? ['system'] : []),
    ...(why === null ? [] : ['unseen']),
  ]
  return html`<li class="${kinds.join(' ')}"><p class="head"><b><bdi>${shorten(name, 80)}</bdi></b>${tags.map((tag) => html` <span class="tag">${tag}</span>`)} ${clock(at)}</p>
${quotePart(document, shorten)}${saidPart(shown, shorten)}${resultsPart(document, shorten)}${cardsPart(document, shorten)}${
  // What the contact has pressed is not an offer.
  by === 'contact' ? null : buttonsPart(actionsIn(document), shorten)
}${why === null ? null : html`<p class="why">${why}</p>`}${deliveriesPart(deliveries, shorten)}</li>
`
}

const WHY: Readonly<Record<UnseenReason, string>> = {
  'role bot': 'it has the role bot',
  backchannel: 'it is in the backchannel',
  'widget call': 'it is a call of the widget',
  mention: 'it is a mention',
  tag: 'it is a tag',
  search: 'it is a search',
  results: 'they are results',
  report: 'it is a report',
  status: 'it is a status',
}

/** Why the contact does not see a message, as a sentence; `null` when they do. */
function unseenWords({ line }: SharedMessage): string | null {
  const reasons = 'unseen' in line ? line.unseen.map((reason) => WHY[reason]) : ['it is a command']
  return reasons.length === 0 || line.kind === 'note' ? null : `The contact does not see this: ${reasons.join(', ')}.`
}

function saidPart({ line, document }: SharedMessage, shorten: Shortener): Html | null {
  switch (line.kind) {
    case 'says': {
      const type = fileTypeIn(document)
      if (type !== null) return filePart(line.text, type, shorten)
      return line.text === '' ? null : words(wordsIn(document, line.text), shorten)
    }
    case 'command':
    case 'note':
      return words(line.text, shorten)
    case 'presses':
      return html`<p class="buttons"><span class="button pressed">${shorten(line.button, 200)}</span></p>`
    case 'fills':
      return fields([[line.field, line.value]], shorten)
    case 'opens':
    case 'closes':
      return html`<p><i>${line.kind} the form</i> <bdi>${shorten(line.form, 200)}</bdi></p>`
    default:
      return line satisfies never
  }
}

const words = (text: string, shorten: Shortener): Html =>
  html`<p class="words" dir="auto">${shorten(text, MAX_TEXT)}</p>`

/** Nothing is loaded from anywhere: where the picture would be, its type and its address are shown. */
const filePart = (address: string, type: string, shorten: Shortener): Html =>
  html`<p class="file"><span>${shorten(type, 60)}</span><bdi>${shorten(address, 300)}</bdi></p>`

function quotePart(document: SharedMessage['document'], shorten: Shortener): Html | null {
  const quote = quoteIn(document)
  return quote === null ? null : html`<blockquote dir="auto">${shorten(quote, 300)}</blockquote>`
}

function resultsPart(document: SharedMessage['document'], shorten: Shortener): Html | null {
  const results = resultsIn(document)
  return results.length === 0 ? null : fields(results, shorten)
}

const fields = (values: readonly (readonly [name: string, value: string])[], shorten: Shortener): Html =>
  html`<dl class="fields">${values.map(([name, value]) => html`<dt>${shorten(name, 100)}</dt><dd dir="auto">${shorten(value, 500)}</dd>`)}</dl>`

function cardsPart(document: SharedMessage['document'], shorten: Shortener): Html | null {
  const cards = cardsIn(document)
  if (cards.length === 0) return null
  return html`<ul class="cards">${cards.map(
    ({ title, description, picture, actions }) =>
      html`<li>${picture === null ? null : filePart(picture, 'picture', shorten)}<b><bdi>${shorten(title, 200)}</bdi></b>${
        description === null ? null : html`<p dir="auto">${shorten(description, 500)}</p>`
      }${buttonsPart(actions, shorten)}</li>`,
  )}</ul>`
}

/** The link of a button is shown, but cannot be followed. */
function buttonsPart(actions: readonly OfferedAction[], shorten: Shortener): Html | null {
  if (actions.length === 0) return null
  return html`<p class="buttons">${actions.map(({ text, type, uri }) => {
    const label = html`<span class="button${type === 'reply' ? ' reply' : ''}">${shorten(text, 100)}</span>`
    return uri === null ? html`${label} ` : html`${label} <bdi class="address">${shorten(uri, 300)}</bdi> `
  })}</p>`
}
