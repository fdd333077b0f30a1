// Faults of the emulated API: any number, each added and undone while the sandbox runs.
import { DevHookError } from '../../core/errors.ts'

/**
 * What goes wrong. `match`: `POST /v2/conversations/*\/messages`, or a pattern that is tested against `METHOD /path?query`; default
 * every call. `times`: how often, default until it is undone. `delayMs` passes first. `after`: the work is done, its answer goes wrong.
 */
export type ApiFault = {
  readonly match?: string | RegExp
  readonly times?: number
  readonly delayMs?: number
  readonly after?: boolean
} & (
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly cut: true }
  | { readonly delayMs: number }
)

/** How a call ends in place of its own answer. */
type ApiFaultEnd = Extract<ApiFault, { readonly status: number } | { readonly cut: true }>

/** What the faults do to one call at one stage: it is late by so many ms, and ends with a fault, or as it would without. */
export interface ApiFaultEffect {
  readonly delayMs: number
  readonly end: ApiFaultEnd | null
}

export interface Faults {
  /** Adds a fault, which comes after those that are there. Returns what undoes it. Throws `usage` for a `match` that is not valid. */
  add(fault: ApiFault): Disposable
  /** Undoes them all. */
  clear(): void
  /** What happens to this call at this stage, counted: every delay that matches, up to the first fault that ends it. */
  take(call: string, stage: 'before' | 'after'): ApiFaultEffect
}

const NONE: ApiFaultEffect = { delayMs: 0, end: null }

/** Creates a list of faults that is empty. */
export function createFaults(): Faults {
  const faults = new Set<{ readonly fault: ApiFault; readonly match: RegExp | null; left: number }>()

  function add(fault: ApiFault): Disposable {
    const { match, times = Number.POSITIVE_INFINITY } = fault
    const added = { fault, match: match === undefined ? null : patternOf(match), left: times }
    faults.add(added)
    return { [Symbol.dispose]: () => void faults.delete(added) }
  }

  function take(call: string, stage: 'before' | 'after'): ApiFaultEffect {
    let delayMs = 0
    for (const added of faults) {
      const { fault, match } = added
      const isMeant = (fault.after === true) === (stage === 'after') && added.left > 0 && match?.test(call) !== false
      if (!isMeant) continue
      added.left -= 1
      delayMs += fault.delayMs ?? 0
      if ('status' in fault || 'cut' in fault) return { delayMs, end: fault }
    }
    return delayMs === 0 ? NONE : { delayMs, end: null }
  }

  return { add, clear: () => faults.clear(), take }
}

/** `*` is one part of a path, `**` any number of them; without a method it is any, without a query any. */
const GLOB = /^(?:([A-Z]+|\*) )?(\/[^\s?]*)(\?\S*)?$/

function patternOf(match: string | RegExp): RegExp {
  // One that remembers where it was would match only every other time.
  if (typeof match !== 'string') return new RegExp(match.source, match.flags.replace(/[gy]/g, ''))
  const [, method = '*', path, query] = GLOB.exec(match) ?? []
  if (path === undefined) {
    throw new DevHookError('usage', `the match ${JSON.stringify(match)} of a fault is not a method and a path`, {
      remedy: 'give something like `POST /v2/conversations/*/messages`, or a regular expression',
    })
  }
  const methods = method === '*' ? '[A-Z]+' : method
  return new RegExp(`^${methods} ${inPath(path)}${query === undefined ? '(?:\\?.*)?' : inPath(query)}$`)
}

/** A part of a glob as part of an expression. */
const inPath = (glob: string): string =>
  glob.replace(/\*\*|[*.+?^${}()|[\]\\]/g, (found) => {
    if (found === '**') return '.*'
    return found === '*' ? '[^/?]*' : `\\${found}`
  })
