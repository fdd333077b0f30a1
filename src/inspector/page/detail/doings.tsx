// What the bot did because of an attempt: its calls of the sandbox's API, and what it printed.
import { formatDuration } from '../../../core/text/duration.ts'
import { printedBetween } from '../model/bot-output.ts'
import { type BotCall, useCalls, useDoing } from '../model/doings.ts'
import { useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { preciseTime } from '../text/moments.ts'
import { visibleStart } from '../text/visible.ts'
import { BodyView } from './body-view.tsx'
import type { Detail } from './delivery-detail.tsx'

export function Doings({ detail, n }: { readonly detail: Detail; readonly n: number }) {
  const doing = useDoing(detail, n)
  const calls = useCalls(doing, detail.conversation)
  const lines = useStore(useModel().output.lines, (all) => all)
  if (doing === null) return null
  const printed = printedBetween(lines, doing.start, doing.end)
  return (
    <>
      {calls.length === 0 ? null : (
        <>
          <h4>What the bot asked the API</h4>
          {calls.map((call, at) => (
            <OneCall key={at} call={call} />
          ))}
        </>
      )}
      {printed.length === 0 ? null : (
        <>
          <h4>What the bot printed meanwhile</h4>
          <pre class="code" tabIndex={0}>
            {printed.map(({ at, stream, line }, place) => (
              <div key={place} class={stream === 'stderr' ? 'bad-text' : undefined}>
                <span class="soft num">{preciseTime(at)} </span>
                {visibleStart(line, 2_000)}
              </div>
            ))}
          </pre>
        </>
      )}
    </>
  )
}

/** Whether the platform has refused it, or its connection was cut. */
export const isRefused = ({ status }: BotCall): boolean => status === null || status >= 400

function OneCall({ call }: { readonly call: BotCall }) {
  const { time, ms, method, path, status, body, response } = call
  return (
    <details class="call">
      <summary>
        <span class="soft num">{preciseTime(Date.parse(time))}</span>{' '}
        <span class={`fate ${isRefused(call) ? 'bad' : 'good'}`}>{status ?? 'cut'}</span>{' '}
        <span class="mono">
          {visibleStart(method, 20)} {visibleStart(path, 300)}
        </span>{' '}
        <span class="soft num">{formatDuration(ms)}</span>
      </summary>
      <BodyView title="Sent" content={contentOf(body)} />
      <BodyView title="Answer" content={contentOf(response)} />
    </details>
  )
}

const contentOf = (value: unknown) => ({
  encoding: 'utf8' as const,
  body: value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value),
})
