// What the page shows, as it stands in its address, so that it can be kept, sent and gone back to.
import { createObservable, type Observable } from '../../../core/listeners.ts'
import { createLatest } from './later.ts'

export const VIEWS = ['deliveries', 'chat', 'status'] as const

export type View = (typeof VIEWS)[number]

export interface Address {
  readonly view: View
  /** The filter of the list. */
  readonly q: string
  /** Whether only what is marked is listed. */
  readonly marked: boolean
  /** The delivery that is chosen. */
  readonly id: string | null
  /** The delivery that it is compared with. */
  readonly vs: string | null
  /** The conversation that is shown. */
  readonly conversation: string | null
}

export interface AddressBar {
  readonly store: Observable<Address>
  /** Goes to another place; `back`: so that the browser's button goes back to this one. */
  go(change: Partial<Address>, back?: 'back'): void
  /**
   * Begins to go to a place that has to be asked for first. The signal is aborted when somebody goes elsewhere meanwhile, or begins to:
   * the answer leads nowhere then.
   */
  beginNavigation(): AbortSignal
  close(): void
}

/** What the address stands in. */
type AddressWindow = {
  readonly location: Pick<Location, 'search'>
  readonly history: Pick<History, 'pushState' | 'replaceState'>
  addEventListener(type: 'popstate', listener: () => void): void
  removeEventListener(type: 'popstate', listener: () => void): void
}

export function readAddress(search: string): Address {
  const given = new URLSearchParams(search)
  const view = VIEWS.find((one) => one === given.get('view')) ?? 'deliveries'
  return {
    view,
    q: given.get('q') ?? '',
    marked: given.has('marked'),
    id: given.get('id'),
    vs: given.get('vs'),
    conversation: given.get('conversation'),
  }
}

export function writeAddress({ view, marked, ...rest }: Address): string {
  const query = new URLSearchParams()
  if (marked) query.set('marked', '')
  if (view !== 'deliveries') query.set('view', view)
  for (const [name, value] of Object.entries(rest)) if (value !== null && value !== '') query.set(name, value)
  const text = query.toString()
  return text === '' ? '/' : `/?${text}`
}

/** Reads the address of a window, and keeps it. */
export function openAddressBar(window: AddressWindow): AddressBar {
  const { location, history } = window
  const store = createObservable(readAddress(location.search))
  const beginNavigation = createLatest()
  const moved = (): void => {
    beginNavigation()
    store.set(readAddress(location.search))
  }
  window.addEventListener('popstate', moved)
  return {
    store,
    go: (change, back) => {
      beginNavigation()
      const next = { ...store.current(), ...change }
      const path = writeAddress(next)
      if (path === writeAddress(store.current())) return
      if (back === undefined) history.replaceState(null, '', path)
      else history.pushState(null, '', path)
      store.set(next)
    },
    beginNavigation,
    close: () => window.removeEventListener('popstate', moved),
  }
}
