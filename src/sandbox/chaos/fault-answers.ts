// How a fault comes into a call of the API: late, with an answer of its own, or with none.

import { sleep } from '../../core/async.ts'
import type { ApiReply } from '../http/app.ts'
import type { ApiFault, ApiFaultEffect } from './faults.ts'

/**
 * Lets faults happen to a call whose work is not done. `cut` ends its connection. Resolves with whether the call has ended; rejects
 * when the signal is aborted.
 */
export async function endsBefore(
  { delayMs, end }: ApiFaultEffect,
  reply: ApiReply,
  cut: () => void,
  signal: AbortSignal,
): Promise<boolean> {
  if (delayMs > 0) await sleep(delayMs, signal)
  if (end === null) return false
  if ('status' in end) void reply.send(bodyOf(end, reply))
  else {
    reply.hijack()
    cut()
  }
  return true
}

/** Lets faults happen to a call whose work is done. Resolves with the body that it is answered with; rejects like `endsBefore`. */
export async function answerAfter(
  { delayMs, end }: ApiFaultEffect,
  reply: ApiReply,
  body: string,
  cut: () => void,
  signal: AbortSignal,
): Promise<string> {
  if (delayMs > 0) await sleep(delayMs, signal)
  if (end === null) return body
  if ('status' in end) return bodyOf(end, reply)
  reply.hijack()
  cut()
  return body
}

/** Sets status and headers of the fault's answer. Returns its body. */
function bodyOf(fault: Extract<ApiFault, { readonly status: number }>, reply: ApiReply): string {
  const { status, body = '', headers = {} } = fault
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json'
  void reply.code(status).headers({ 'content-type': type, ...headers })
  return text
}
