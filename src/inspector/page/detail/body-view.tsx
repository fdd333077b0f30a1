// A body: as a tree, as it was sent, or byte by byte.
import { useMemo, useState } from 'preact/hooks'
import { bytesOf, type EncodedBody, hexLength, hexStart } from '../text/content-text.ts'
import { outline } from '../text/json-outline.ts'
import { visibleLines } from '../text/visible.ts'
import { JsonTree } from './json-tree.tsx'
import { LongText } from './long-text.tsx'

const FORMS = ['tree', 'raw', 'hex'] as const

type Form = (typeof FORMS)[number]

interface BodyViewProps {
  readonly title: string
  readonly content: EncodedBody
}

export function BodyView({ title, content }: BodyViewProps) {
  const { encoding, body } = content
  const lines = useMemo(() => (encoding === 'utf8' ? outline(body) : null), [encoding, body])
  const [chosen, setChosen] = useState<Form>('tree')
  const possible = FORMS.filter((form) => (form === 'tree' ? lines !== null : form === 'hex' || encoding === 'utf8'))
  const form = possible.includes(chosen) ? chosen : (possible[0] ?? 'hex')
  if (body === '') return <p class="soft">{title}: empty</p>
  return (
    <>
      <div class="section-head">
        <h3>{title}</h3>
        <span class="group" role="group" aria-label={`${title} as`}>
          {possible.map((one) => (
            <button
              key={one}
              type="button"
              class="button small"
              aria-pressed={one === form}
              onClick={() => setChosen(one)}
            >
              {one}
            </button>
          ))}
        </span>
      </div>
      {form === 'tree' && lines !== null ? <JsonTree lines={lines} /> : null}
      {form === 'raw' ? <RawText body={body} /> : null}
      {form === 'hex' ? <HexText content={content} /> : null}
    </>
  )
}

function HexText({ content }: { readonly content: EncodedBody }) {
  const bytes = useMemo(() => bytesOf(content), [content])
  return <LongText length={hexLength(bytes)} start={(length) => hexStart(bytes, length)} />
}

function RawText({ body }: { readonly body: string }) {
  const text = useMemo(() => visibleLines(body), [body])
  return <LongText length={text.length} start={(length) => text.slice(0, length)} />
}
