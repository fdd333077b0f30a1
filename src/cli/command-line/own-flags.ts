// Reading the values that a command's own flags were given.
import { DevHookError } from '../../core/errors.ts'

/** The values of a command's own flags. */
export type Own = Readonly<Record<string, unknown>>

/** The text of a flag; `null` when it was not given. */
export function textOf(own: Own, flag: string): string | null {
  const value = own[flag]
  return typeof value === 'string' ? value : null
}

/** The values of a flag that are joined by commas; `null` when it was not given. */
export const listOf = (own: Own, flag: string): readonly string[] | null =>
  textOf(own, flag)?.split(',').map(trimmed) ?? null

const trimmed = (part: string): string => part.trim()

/** The number of a flag, 1 when it was given without; `null` when it was not given. */
export function countOf(own: Own, flag: string): number | null {
  if (own[flag] === true) return 1
  const text = textOf(own, flag)
  if (text === null) return null
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new DevHookError('usage', `\`${text}\` (from --${flag}) is not a number of deliveries`, {
      remedy: 'give a whole number from 1 on',
    })
  return Number(text)
}
