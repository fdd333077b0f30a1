// What is registered now, whose it is, and what a run has left behind, as lines for a person.
import { withoutCredentials } from '../../core/hook-url.ts'
import type { Owner } from '../../core/ports.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Status } from '../../daemon/offline/status.ts'
import type { PagePlace } from '../../inspector/address.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import { localTime } from '../events/row.ts'
import type { Colors } from '../output/colors.ts'
import { wrapWords } from './text-width.ts'

/** The place of a page; without its link where that would let in whoever reads it later. */
type ShownPage = Pick<PagePlace, 'inspector' | 'tokenFile'> & { readonly link: string | null }

/** What the run that has the bot says of itself. */
type Said = Pick<OutputOf<'status'>, 'only' | 'replayOnSave'>

type ShownStatus = Omit<Status, 'page'> & Partial<Said> & { readonly page: ShownPage | null }

/** A row each; what needs more lines goes on below its own beginning. */
export function statusLines(found: ShownStatus, { dim }: Colors, columns: number, now: Date = new Date()): string[] {
  const { botId, registration, owner, answers, leftover, running, page, only = null, replayOnSave = null } = found
  const rows: Rows = [
    ['bot', botId],
    ['webhook', registration?.url == null ? 'none' : withoutCredentials(registration.url)],
    ['events', registration?.events?.join(', ') ?? 'all'],
    ['status', registration?.status ?? 'not shown'],
    ['owner', nameOf(owner)],
    ['answers', ...sayAnswers(answers, registration)],
    ['running', running === null ? 'no run on this machine' : running.user],
    ...pageRow(page),
    ...(only === null ? [] : [['only', ...sayOnly(only)] as const]),
    ...onSaveRow(replayOnSave),
    ['leftover', ...sayLeftover(leftover, now)],
  ]
  return rowLines(rows, dim, columns)
}

/** What a sandbox is doing, likewise. */
export function sandboxStatusLines(
  found: OutputOf<'status'>,
  { cwd, page }: { readonly cwd: string; readonly page: ShownPage | null },
  { dim }: Colors,
  columns: number,
): readonly string[] {
  const { pid, target, bot, api, deliveries, delivered, undelivered, waiting, holding } = found
  const held = holding === null ? [] : [`${waiting} held (${holding})`]
  const owed = undelivered === 0 ? [] : [`${undelivered} undelivered`]
  return rowLines(
    [
      ['sandbox', `process ${pid}, in ${cwd}`],
      ['bot', `${target} (${bot ?? 'not started'})`],
      ['api', api],
      ...pageRow(page),
      ...onSaveRow(found.replayOnSave),
      ['record', [`${deliveries} deliveries`, `${delivered} delivered`, ...held, ...owed].join(', ')],
    ],
    dim,
    columns,
  )
}

/** As the ready block says it. */
function pageRow(page: ShownPage | null): Rows {
  if (page === null) return []
  return [['page', page.link ?? `${page.inspector}, token in ${page.tokenFile}`]]
}

function onSaveRow(replayed: Said['replayOnSave']): Rows {
  if (replayed === null) return []
  return [['on save', `${replayed.id === null ? 'the last delivery' : `delivery ${replayed.id}`} is replayed`]]
}

type Rows = readonly (readonly [string, ...string[]])[]

function rowLines(rows: Rows, dim: Colors['dim'], columns: number): string[] {
  return rows.flatMap(([name, ...parts]) => {
    const values = parts.flatMap((part) => wrapWords(sanitize(part, 1_000), columns - INDENT))
    return values.map((value, i) => `${dim((i === 0 ? name : '').padEnd(INDENT - 1))} ${value}`)
  })
}

/** Of the names of the rows, in columns. */
const INDENT = 10

const sayOnly = ({ filters, passesTo }: NonNullable<Said['only']>): readonly [string, string] => [
  filters.join(', '),
  passesTo === null ? 'everything else is ignored, as nobody takes it' : `everything else goes on to ${passesTo}`,
]

function sayAnswers(answers: Status['answers'], registration: Status['registration']): readonly string[] {
  if (answers !== null) return [answers ? 'yes' : 'no']
  return registration?.url == null ? ['–'] : ['not asked, as it is not dev-hook’s', '→ `dev-hook status --ask` asks it']
}

function sayLeftover(leftover: Status['leftover'], now: Date): readonly string[] {
  if (leftover === null) return ['nothing']
  if ('damaged' in leftover)
    return [
      `the record of what an earlier run replaced cannot be read: ${leftover.damaged}`,
      '→ check the webhook in the admin page',
    ]
  const { takenAt, owed, blocked } = leftover
  return [
    `the run of ${localTime(Date.parse(takenAt), now)} did not put the webhook back`,
    `before it: ${owed ?? 'there was none'}`,
    blocked ? '→ once the dev-hook that has it now has ended, run `dev-hook restore`' : '→ run `dev-hook restore`',
  ]
}

function nameOf(owner: Owner): string {
  if (owner.is === 'nobody') return 'nobody'
  if (owner.is === 'us') return 'a dev-hook on this machine'
  if (owner.is === 'somebody') return 'somebody else, not dev-hook'
  return `another dev-hook: ${owner.who ?? (owner.answers ? 'unnamed' : 'it no longer answers')}`
}
