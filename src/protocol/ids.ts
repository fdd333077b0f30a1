// The ids of the platform's documents: 24 hexadecimal digits.
import { randomBytes } from 'node:crypto'

export const ID_DIGITS = 24

/** A new id, as the platform makes them. */
export const newId = (): string => randomBytes(ID_DIGITS / 2).toString('hex')

/** Whether a text has the form of an id. */
export const isId = (text: string): boolean => /^[0-9a-f]{24}$/.test(text)
