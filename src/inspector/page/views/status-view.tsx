// How the run is: tunnel, webhook before and now, bot, what is held, what it did.
import { formatDuration } from '../../../core/text/duration.ts'
import { type RunStatus, useModel } from '../model/model.ts'
import { useStore } from '../model/use-store.ts'
import { visible } from '../text/visible.ts'

type Fact = readonly [name: string, value: string | number | null]

export function StatusView() {
  const { status, output, dialog } = useModel()
  const run = useStore(status, (now) => now)
  const lines = useStore(output.lines, (all) => all)
  if (run === null) return <div class="empty">loading …</div>
  return (
    <div class="status" tabIndex={0} role="region" aria-label="Status">
      {sectionsOf(run).map(([title, facts]) => (
        <section key={title} class="card">
          <h2>{title}</h2>
          <dl>
            {facts.map(([name, value]) =>
              value === null ? null : (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{visible(String(value))}</dd>
                </div>
              ),
            )}
          </dl>
          {title === 'Webhook' ? (
            <button type="button" class="button small" onClick={() => dialog.set('signature')}>
              Check a signature
            </button>
          ) : null}
        </section>
      ))}
      <section class="card whole">
        <h2>What the bot prints</h2>
        {lines.length === 0 ? (
          <p class="soft">Nothing yet. It is known only of a bot that dev-hook has started.</p>
        ) : (
          <pre class="code" tabIndex={0}>
            {lines.slice(-200).map(({ stream, line }, n) => (
              <div key={n} class={stream === 'stderr' ? 'bad-text' : undefined}>
                {visible(line)}
              </div>
            ))}
          </pre>
        )}
      </section>
    </div>
  )
}

function sectionsOf(run: RunStatus): readonly (readonly [string, readonly Fact[]])[] {
  const { registration } = run
  const before = registration?.before ?? null
  return [
    [
      run.emulated ? 'Sandbox' : 'Tunnel',
      [
        ['state', run.tunnel],
        ['public URL', run.url],
        ['API', run.api],
        ['version', run.version],
        ['process', run.pid],
      ],
    ],
    [
      'Webhook',
      [
        ['kind', registration?.kind ?? null],
        ['now', run.url],
        ['before', before === null ? 'none' : before.url],
        ['events before', before?.events?.join(', ') ?? null],
        ['status before', before?.status ?? null],
        ['taken here', run.only?.filters.join(', ') ?? null],
        ['the rest goes on to', run.only === null ? null : (run.only.passesTo ?? 'nobody')],
      ],
    ],
    [
      'Bot',
      [
        ['state', run.bot],
        ['target', run.target],
        ['at the bot now', run.inFlight],
        ['replayed on save', run.replayOnSave === null ? null : (run.replayOnSave.id ?? 'the last delivery')],
      ],
    ],
    [
      'Held',
      [
        ['now', run.holding ?? 'nothing is held'],
        ['waiting', run.waiting],
        ['held so far', run.held],
        ['longest', formatDuration(run.longestHoldMs)],
      ],
    ],
    [
      'Deliveries',
      [
        ['received', run.deliveries],
        ['delivered', run.delivered],
        ['undelivered', run.undelivered],
        ['interrupted', run.interrupted],
        ['no webhook there', run.unrouted],
        ['passed on', run.passed],
        ['ignored', run.ignored],
      ],
    ],
  ]
}
