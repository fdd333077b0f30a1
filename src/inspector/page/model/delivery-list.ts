// The list of deliveries: loaded from the record, kept up with what is announced, and filtered.
import { createObservable, type Observable } from '../../../core/listeners.ts'
import type { Notice } from '../../../core/notices.ts'
import { type DeliveryQuery, readQuery } from '../../../protocol/query/query.ts'
import type { FilterProblem } from '../../../protocol/query/reading.ts'
import { quoted } from '../../../protocol/query/terms.ts'
import { ask, problemOf } from './api.ts'
import { changedBy, type Row, rowOf } from './rows.ts'

export interface ListState {
  /** What the filter leaves, newest first. */
  readonly shown: readonly Row[]
  /** All there are, newest first. */
  readonly all: readonly Row[]
  /** How many there are without a filter. */
  readonly total: number
  readonly loading: boolean
  /** Why the list could not be loaded. */
  readonly failure: { readonly message: string; readonly remedy: string | null } | null
  /** What is wrong with the filter; the last one that was right is still in force. */
  readonly problem: FilterProblem | null
  /** While it is paused: how many came since. */
  readonly waiting: number
  readonly paused: boolean
}

export interface DeliveryList {
  readonly state: Observable<ListState>
  row(id: string): Row | undefined
  /** When the next delivery of a conversation came that the bot has not caused itself; `null` for none yet. */
  nextIn(conversation: string | null, after: number): number | null
  /** Shows only these, whatever the filter is; `null` for all. */
  only(ids: ReadonlySet<string> | null): void
  filter(text: string): void
  /** Shows nothing new until `resume`. */
  pause(): void
  resume(): void
  /** Loads everything again. */
  reload(): void
  take(notice: Notice): void
}

/** No more than the journal keeps. */
const MAX_ROWS = 10_000
const FIRST_PAGE = 200
const PAGE = 1_000

const NOTHING: ListState = {
  shown: [],
  all: [],
  total: 0,
  loading: true,
  failure: null,
  problem: null,
  waiting: 0,
  paused: false,
}

// One story: what is known, the filter over it, and the one place where both become what is shown.
export function createDeliveryList(
  oncePerFrame: (run: () => void) => () => void,
  now: () => number = Date.now,
): DeliveryList {
  const state = createObservable(NOTHING)
  const rows = new Map<string, Row>()
  /** Newest first. */
  let ordered: readonly Row[] = []
  let text = ''
  /** What was given last, right or wrong. */
  let given: string | null = null
  let query: DeliveryQuery = { fits: () => true, body: null }
  /** What the run has found by their bodies; `null` where the filter does not ask for them. */
  let found: Set<string> | null = null
  let loading = new AbortController()
  /** What was announced while it is loaded. */
  let meanwhile: Notice[] | null = null
  let searching = new AbortController()
  let frozen: readonly Row[] | null = null
  let chosen: ReadonlySet<string> | null = null

  const show = (): void => {
    ordered = [...rows.values()].sort((a, b) => b.receivedAt - a.receivedAt)
    if (ordered.length > MAX_ROWS) for (const { id } of ordered.slice(MAX_ROWS)) rows.delete(id)
    const fitting = ordered.filter(
      (row) => query.fits(row) && (found?.has(row.id) ?? true) && (chosen?.has(row.id) ?? true),
    )
    const shown = frozen === null ? fitting : frozen.map(({ id }) => rows.get(id)).filter((row) => row !== undefined)
    const waiting = frozen === null ? 0 : Math.max(0, fitting.length - shown.length)
    state.set({ ...state.current(), shown, all: ordered, total: rows.size, waiting, paused: frozen !== null })
  }
  const showSoon = oncePerFrame(show)

  async function load(): Promise<void> {
    loading.abort()
    loading = new AbortController()
    const { signal } = loading
    const recordedIds = new Set<string>()
    const announced: Notice[] = []
    meanwhile = announced
    state.set({ ...state.current(), loading: true, failure: null })
    try {
      let cursor: string | undefined
      do {
        const page = await ask(
          'deliveries',
          { limit: cursor === undefined ? FIRST_PAGE : PAGE, ...(cursor && { cursor }) },
          signal,
        )
        const ids = new Set(page.deliveries.map(({ id }) => id))
        for (const recorded of page.deliveries) {
          recordedIds.add(recorded.id)
          rows.set(recorded.id, { ...rowOf(recorded), ...holdOf(rows.get(recorded.id)) })
        }
        // What was announced meanwhile is newer than what is recorded.
        for (const notice of announced) if ('id' in notice && ids.has(notice.id ?? '')) change(notice)
        cursor = page.next ?? undefined
        show()
      } while (cursor !== undefined && recordedIds.size < MAX_ROWS)
      // What is in no record is of another run, or older than all that is kept.
      for (const notice of announced) if ('id' in notice) recordedIds.add(notice.id ?? '')
      for (const id of rows.keys()) if (!recordedIds.has(id)) rows.delete(id)
      meanwhile = null
      state.set({ ...state.current(), loading: false })
      show()
    } catch (error) {
      if (signal.aborted) return
      meanwhile = null
      state.set({ ...state.current(), loading: false, failure: problemOf(error) })
    }
  }

  /** Takes over what a notice says of a row; gives the row when it is a new one. */
  function change(notice: Notice): Row | null {
    const row = changedBy(notice, (id) => rows.get(id))
    if (row === null) return null
    const isNew = !rows.has(row.id)
    rows.set(row.id, row)
    return isNew ? row : null
  }

  /** Asks the run, which alone has the bodies. */
  async function search(only: string | null): Promise<void> {
    const { signal } = searching
    let cursor: string | undefined
    try {
      do {
        const q = only === null ? text : `id:${only} ${text}`
        const page = await ask('deliveries', { q, limit: PAGE, ...(cursor && { cursor }) }, signal)
        for (const { id } of page.deliveries) found?.add(id)
        cursor = page.next ?? undefined
        show()
      } while (cursor !== undefined)
    } catch (error) {
      if (!signal.aborted) state.set({ ...state.current(), failure: problemOf(error) })
    }
  }

  /** Asks the run for one row, if it has recorded it. */
  async function find(id: string): Promise<void> {
    // It was announced all the same; with the next reload it is there.
    const page = await ask('deliveries', { q: `id:${quoted(id)}`, limit: 1 }).catch(() => null)
    for (const recorded of page?.deliveries ?? []) rows.set(recorded.id, rowOf(recorded))
    showSoon()
  }

  return {
    state,
    row: (id) => rows.get(id),
    nextIn: (conversation, after) => {
      const next = ordered.findLast(
        ({ receivedAt, label }) =>
          receivedAt > after && label.own !== true && (conversation === null || label.conversation === conversation),
      )
      return next?.receivedAt ?? null
    },
    only: (ids) => {
      if (ids === chosen) return
      chosen = ids
      frozen = null
      show()
    },
    filter: (next) => {
      if (next === given) return
      given = next
      const read = readQuery(next, now())
      if ('message' in read) return state.set({ ...state.current(), problem: read })
      searching.abort()
      searching = new AbortController()
      text = next
      query = read
      found = read.body === null ? null : new Set()
      frozen = null
      state.set({ ...state.current(), problem: null, failure: null })
      show()
      if (found !== null) void search(null)
    },
    pause: () => {
      frozen = state.current().shown
      show()
    },
    resume: () => {
      frozen = null
      show()
    },
    reload: () => void load(),
    take: (notice) => {
      if (!('id' in notice)) return
      if (meanwhile !== null && meanwhile.length < MAX_ROWS) meanwhile.push(notice)
      // What was refused at the door is announced without what it was.
      if (notice.type === 'rejected' && !rows.has(notice.id)) return void find(notice.id)
      const row = change(notice)
      if (row !== null && query.body !== null && query.fits(row)) void search(row.id)
      showSoon()
    },
  }
}

const holdOf = (row: Row | undefined): Pick<Row, 'hold' | 'rejected'> =>
  row === undefined ? { hold: null, rejected: null } : { hold: row.hold, rejected: row.rejected }
