// What the page knows and does, in one place that every part of it is given.
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { createObservable, type Observable } from '../../../core/listeners.ts'
import type { NoticeType } from '../../../core/notices.ts'
import { createTurns, type InTurn } from '../../../core/turns.ts'
import type { OutputOf } from '../../operations/table.ts'
import { type AddressBar, openAddressBar } from './address.ts'
import { ask, problemOf } from './api.ts'
import { type BotOutput, createBotOutput } from './bot-output.ts'
import { type ConnectionState, openConnection } from './connection.ts'
import { createDeliveryList, type DeliveryList } from './delivery-list.ts'
import { createDrafts, type Drafts } from './drafts.ts'
import { afterQuiet, createLatest, later, oncePerFrame } from './later.ts'
import { type Marks, openMarks } from './marks.ts'
import { soon } from './soon.ts'

export type RunStatus = OutputOf<'status'>

/** A line at the bottom that tells what has come of something. */
export interface Announcement {
  readonly text: string
  readonly remedy: string | null
  readonly isProblem: boolean
}

export const DIALOGS = ['help', 'edit', 'trigger', 'signature', 'copy'] as const

export type DialogName = (typeof DIALOGS)[number]

export interface Model {
  readonly address: AddressBar
  readonly connection: Observable<ConnectionState>
  readonly list: DeliveryList
  readonly marks: Marks
  readonly drafts: Drafts
  readonly output: BotOutput
  readonly status: Observable<RunStatus | null>
  /** Resolves once the status is that of now, or cannot be had. */
  loadStatus(): Promise<void>
  /** For what switches something in the run. */
  readonly inTurn: InTurn
  readonly message: Observable<Announcement | null>
  readonly dialog: Observable<DialogName | null>
  /** Begins to copy something; the signal is aborted when something else is to be copied. */
  beginCopy(): AbortSignal
  /** What the dialog `copy` shows. */
  readonly toCopy: Observable<{ readonly as: string; readonly text: string }>
  /** Counts what has happened in the conversations, and to what the sandbox does: who shows that loads it again then. */
  readonly changes: Observable<number>
  /** Says what came of something, on the page and to screen readers. */
  tell(text: string, remedy?: string | null): void
  /** Does something, and says so when it goes wrong; gives what it gave, or `null`. */
  attempt<T>(doing: () => Promise<T>): Promise<T | null>
}

/** How long a message stays. */
const MESSAGE_MS = 6_000

/** What comes together is asked for once. */
const SOON_MS = 100

const STATUS_NOTICES: ReadonlySet<NoticeType> = new Set([
  'bot',
  'tunnel',
  'registration',
  'held',
  'released',
  'attempt',
  'restored',
  'delivery',
])
const MESSAGE_NOTICES: ReadonlySet<NoticeType> = new Set(['message', 'delivery', 'attempt'])

/** How the run is, as far as it was asked. */
export function createRunStatus(): Pick<Model, 'status' | 'loadStatus'> {
  const status = createObservable<RunStatus | null>(null)
  const latest = createLatest()
  let loading: Promise<void> = Promise.resolve()
  return {
    status,
    loadStatus: () => {
      // An answer that comes late is not that of now: whoever waits for it waits for the one after it.
      const own: Promise<void> = ask('status', {}, latest())
        .then(status.set, () => undefined)
        .then(() => (loading === own ? undefined : loading))
      loading = own
      return own
    },
  }
}

/** Connects the page to its run. */
export function openModel(window: Window): Model {
  const address = openAddressBar(window)
  const connection = openConnection(window.document, later, afterQuiet)
  const list = createDeliveryList(oncePerFrame)
  const marks = openMarks(window)
  const output = createBotOutput()
  const { status, loadStatus } = createRunStatus()
  const message = createObservable<Announcement | null>(null)
  const dialog = createObservable<DialogName | null>(null)
  const changes = createObservable(0)
  const clearMessage = afterQuiet(() => message.set(null), MESSAGE_MS)

  const load = (): void => {
    list.reload()
    output.load()
    void loadStatus()
  }
  const loadStatusSoon = soon(() => void loadStatus(), SOON_MS, later)
  const countSoon = soon(() => changes.set(changes.current() + 1), SOON_MS, later)
  const say = (said: Announcement): void => {
    message.set(said)
    clearMessage()
  }

  connection.onNotice((notice) => {
    list.take(notice)
    output.take(notice)
    if (MESSAGE_NOTICES.has(notice.type)) countSoon()
    if (STATUS_NOTICES.has(notice.type)) loadStatusSoon()
  })
  connection.onChange(() => {
    loadStatusSoon()
    countSoon()
  })
  connection.onGap(() => {
    load()
    countSoon()
  })
  // Whoever goes back leaves what lies over the page, too.
  window.addEventListener('popstate', () => dialog.set(null))
  const filter = (): void => {
    const { q, marked } = address.store.current()
    list.filter(q)
    list.only(marked ? marks.ids.current() : null)
  }
  filter()
  address.store.on(filter)
  marks.ids.on(filter)
  load()

  return {
    address,
    connection: connection.state,
    list,
    marks,
    drafts: createDrafts(),
    output,
    status,
    loadStatus,
    inTurn: createTurns(),
    message,
    dialog,
    beginCopy: createLatest(),
    toCopy: createObservable({ as: '', text: '' }),
    changes,
    tell: (text, remedy = null) => say({ text, remedy, isProblem: false }),
    attempt: async (doing) => {
      try {
        return await doing()
      } catch (error) {
        const { message: text, remedy } = problemOf(error)
        say({ text, remedy, isProblem: true })
        return null
      }
    },
  }
}

export const ModelContext = createContext<Model | null>(null)

export function useModel(): Model {
  const model = useContext(ModelContext)
  if (model === null) throw new Error('there is no model around this part of the page')
  return model
}
