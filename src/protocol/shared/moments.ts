// Times of a shared conversation: in UTC, as nobody knows where it will be read.
import { type Html, html } from './html-text.ts'

/** `2026-11-27` */
export const dayOf = (at: number): string => iso(at).slice(0, 10)

/** `27 November 2026` */
export const dayWords = (at: number): string =>
  new Date(safe(at)).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })

/** `14:03:22` */
export const clock = (at: number): Html => html`<time datetime="${iso(at)}">${iso(at).slice(11, 19)}</time>`

/** `14:03:22.120` */
export const preciseClock = (at: number): Html => html`<time datetime="${iso(at)}">${iso(at).slice(11, 23)}</time>`

const iso = (at: number): string => new Date(safe(at)).toISOString()

/** A time of four digits for the year: others have a form that no reader of a file expects. */
const safe = (at: number): number => Math.min(Math.max(at, 0), MAX)

const MAX = Date.UTC(9999, 11, 31)
