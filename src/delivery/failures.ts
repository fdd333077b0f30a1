// What an error of undici means for the attempt that it ended.
import { codeOf as codeOfUnknown, messageOf } from '../core/errors.ts'

// Codes for a request that cannot be written at all, because its method, a header or its path is malformed.
const UNSENDABLE: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED'])

// `ECONNABORTED` is how Windows reports a reset.
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE'])

/** Whether the request itself is at fault, so that repeating it is no use. */
export const isUnsendable = (error: Error): boolean => UNSENDABLE.has(codeOf(error))

/** Whether an established connection broke. If no byte of the attempt was written, it was one that had been kept alive. */
export const isBroken = (error: Error): boolean => BROKEN.has(codeOf(error))

/**
 * Whether an answer is complete although it announced a body and had none, which undici reports as cut off. By RFC 9110, a 204 or 304 has
 * no body, whatever its head says.
 */
export const isWholeWithoutBody = (error: Error, status: number): boolean =>
  codeOf(error) === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && (status === 204 || status === 304)

/** Why an attempt failed, in a few words. */
export function reasonOf(error: Error): string {
  const code = codeOf(error)
  if (code === 'UND_ERR_SOCKET')
    return `the bot closed the connection before its answer was complete (${error.message})`
  // With two addresses to try, Node rejects with an AggregateError that has a code but no message.
  return messageOf(error) || code
}

const codeOf = (error: Error): string => codeOfUnknown(error) ?? ''
