// One message as a bubble: what it says and shows, and why the contact does not see it.
import {
  actionsIn,
  cardsIn,
  fileTypeIn,
  type OfferedAction,
  quoteIn,
  resultsIn,
  wordsIn,
} from '../../../protocol/shared/message-parts.ts'
import { clockTime } from '../text/moments.ts'
import { visible, visibleLines, visibleStart } from '../text/visible.ts'
import type { ChatMessage } from './parts.ts'

interface BubbleProps {
  readonly message: ChatMessage
  /** Whose screen it is on. */
  readonly on: 'phone' | 'app'
  readonly press: ((button: string) => void) | null
  /** Shows its delivery, and what the bot did because of it. */
  readonly look: () => void
}

const MAX_TEXT = 5_000

export function Bubble({ message, on, press, look }: BubbleProps) {
  const { by, name, text, time, type, why, unseen, role } = message
  const isOwn = on === 'phone' ? by === 'contact' : by !== 'contact'
  const isSystem = type === 'command' || type === 'status'
  const kinds = ['bubble', isOwn ? 'own' : '', unseen === null ? '' : 'unseen', isSystem ? 'system' : '', `by-${by}`]
  return (
    <li class={kinds.filter((kind) => kind !== '').join(' ')} onClick={({ target }) => isPlain(target) && look()}>
      <p class="bubble-head">
        <b>{visibleStart(name, 80)}</b>
        {on === 'app' && role !== 'contact' ? <span class="tag">{role}</span> : null}
        {type === 'chat' ? null : <span class="tag">{visible(type)}</span>}
        <button type="button" class="link num" title="Its delivery" onClick={look}>
          {clockTime(Date.parse(time))}
        </button>
      </p>
      <Shown message={message} text={text} press={press} />
      {why === null ? null : <p class="why">{visible(why)}</p>}
    </li>
  )
}

/** Whether a click means the bubble: neither what is in it does something of its own, nor has somebody just selected text. */
export const isPlain = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('button, input, select, summary') === null &&
  getSelection()?.isCollapsed !== false

function Shown({
  message,
  text,
  press,
}: { readonly message: ChatMessage; readonly text: string } & Pick<BubbleProps, 'press'>) {
  const media = fileTypeIn(message.document)
  const quote = quoteIn(message.document)
  const results = resultsIn(message.document)
  return (
    <>
      {quote === null ? null : <blockquote>{visibleStart(quote, 300)}</blockquote>}
      {media !== null ? (
        <Picture address={text} type={media} />
      ) : text === '' ? null : (
        <Words text={wordsIn(message.document, text)} />
      )}
      {results.length === 0 ? null : (
        <dl class="results">
          {results.map(([name, value], n) => (
            <div key={n}>
              <dt>{visibleStart(name, 100)}</dt>
              <dd>{visibleStart(value, 500)}</dd>
            </div>
          ))}
        </dl>
      )}
      <Carousel message={message} press={press} />
      {/* What the contact has pressed is not an offer. */}
      {message.by === 'contact' ? null : <Buttons actions={actionsIn(message.document)} press={press} />}
    </>
  )
}

const Words = ({ text }: { readonly text: string }) => (
  <p class="words" dir="auto">
    {visibleLines(text.slice(0, MAX_TEXT))}
    {text.length > MAX_TEXT ? '…' : ''}
  </p>
)

/** This page loads nothing from anywhere: the address stands where the picture would be. */
const Picture = ({ address, type }: { readonly address: string; readonly type: string }) => (
  <div class="picture">
    <span class="soft">{visibleStart(type, 60)}</span>
    <span class="mono">{visibleStart(address, 300)}</span>
  </div>
)

function Carousel({ message, press }: Pick<BubbleProps, 'message' | 'press'>) {
  const items = cardsIn(message.document)
  if (items.length === 0) return null
  return (
    <ul class="carousel" tabIndex={0} aria-label="Cards">
      {items.map(({ title, description, picture, actions }, n) => (
        <li key={n} class="item">
          {picture === null ? null : <Picture address={picture} type="picture" />}
          <b>{visibleStart(title, 200)}</b>
          {description === null ? null : <p>{visibleStart(description, 500)}</p>}
          <Buttons actions={actions} press={press} />
        </li>
      ))}
    </ul>
  )
}

function Buttons({ actions, press }: { readonly actions: readonly OfferedAction[] } & Pick<BubbleProps, 'press'>) {
  if (actions.length === 0) return null
  return (
    <div class="buttons">
      {actions.map(({ text, payload, type, uri }, n) =>
        uri === null ? (
          <button
            key={n}
            type="button"
            class={`button chat ${type === 'reply' ? 'reply' : ''}`}
            disabled={press === null}
            title={payload === null ? 'it has no payload' : `payload: ${visibleStart(payload, 200)}`}
            onClick={() => press?.(text)}
          >
            {visibleStart(text, 100)}
          </button>
        ) : (
          // A link of the bot's is not followed from here; where it leads to is what one wants to see.
          <span key={n} class="uri">
            {visibleStart(text, 100)} <span class="mono soft">{visibleStart(uri, 300)}</span>
          </span>
        ),
      )}
    </div>
  )
}
