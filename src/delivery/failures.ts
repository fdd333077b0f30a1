// What an error of undici says about the attempt it ended.
import { codeOf as codeOfUnknown, messageOf } from '../core/errors.ts'

// Of a request that cannot be written at all: a malformed method, header or path.
const UNSENDABLE: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'])

// `ECONNABORTED` is what Windows says for a reset.
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE'])

/** True when the request itself is at fault, so that repeating it would never help. */
export const isUnsendable = (error: Error): boolean => UNSENDABLE.has(codeOf(error))

/** True when a connection that had been established broke: of an attempt without a byte written, one that was kept alive. */
export const isBroken = (error: Error): boolean => BROKEN.has(codeOf(error))

/**
 * True when an answer without a body announced the length of one: undici takes it for cut off, every other client for whole.
 * By RFC 9110, 204 and 304 have no body, whatever their head says.
 */
export const isWholeWithoutBody = (error: Error, status: number): boolean =>
  codeOf(error) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && (status === 204 || status === 304)

/** Why, in a few words. */
export function reasonOf(error: Error): string {
  const code = codeOf(error)
  if (code === 'UND_ERR_SOCKET')
    return `the bot closed the connection before its answer was complete (${error.message})`
  // With two addresses to try, Node rejects with an AggregateError that has a code but no message.
  return messageOf(error) || code
}

const codeOf = (error: Error): string => codeOfUnknown(error) ?? ''
