// The line of keys at the bottom of the terminal: what can be done now, in as many words as there are columns.
import type { Colors } from '../output/colors.ts'
import { cutToWidth, widthOf } from '../screen/text-width.ts'

/** A key, what it does in a word, and how soon it is left out where there is little room: the highest rank first. */
export interface ShownKey {
  readonly shown: string
  readonly hint: string
  readonly rank: number
}

/** One row of less than so many columns; `status` comes first, and is left out last. */
export function keyLine(
  keys: readonly ShownKey[],
  { columns, status = '' }: { readonly columns: number; readonly status?: string },
  colors: Colors,
): string {
  const room = columns - 1
  const fitting = new Set<ShownKey>()
  let width = status === '' ? 0 : widthOf(status) + 2
  for (const key of keys.toSorted((one, other) => one.rank - other.rank)) {
    const needs = widthOf(key.shown) + widthOf(key.hint) + 3
    if (width + needs - 1 > room) continue
    width += needs
    fitting.add(key)
  }
  if (fitting.size === 0) return colors.dim(cutToWidth(status, Math.max(0, room)))
  const parts = keys
    .filter((key) => fitting.has(key))
    .map(({ shown, hint }) => `${colors.bold(shown)} ${colors.dim(hint)}`)
  return ` ${[...(status === '' ? [] : [colors.yellow(status)]), ...parts].join('  ')}`
}
