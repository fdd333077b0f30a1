// Removes a `100 Continue` that nobody asked for: other HTTP clients skip it, undici breaks the connection.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

// Bots send it with `res.writeContinue()` of node:http, and some servers send it before every large body.
const CONTINUE = Buffer.from('HTTP/1.1 100')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
/** The longest head of an interim answer, in bytes; a longer one is left for undici to judge. */
const MAX_HEAD_BYTES = 16 * 1024
const NOTHING = Buffer.alloc(0)

/** For each socket whose answers are filtered, the function that makes it expect one. */
const expecting = new WeakMap<object, () => void>()

// undici publishes which socket each request goes to; only the first bytes after that can be an interim answer.
subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = Object(message) as { readonly socket?: object }
  if (socket !== undefined) expecting.get(socket)?.()
})

/** Hides from undici any `100 Continue` before an answer on this socket. Every other byte is left as it is. */
export function skipContinue(socket: Socket): void {
  const push = socket.push.bind(socket)
  let isExpected = false
  /** The bytes so far of what may be an interim answer. */
  let held: Buffer = NOTHING

  socket.push = (chunk: Buffer | null) => {
    if (!isExpected) return push(chunk)
    if (chunk === null) {
      if (held.length > 0) push(held)
      return push(null)
    }
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk])
    const answer = afterContinue(bytes)
    isExpected = answer === null
    held = answer === null ? bytes : NOTHING
    return answer === null ? true : push(answer)
  }
  expecting.set(socket, () => {
    isExpected = true
    held = NOTHING
  })
}

/** The bytes after every leading `100 Continue`; `null` as long as more bytes are needed to tell. */
function afterContinue(bytes: Buffer): Buffer | null {
  let rest = bytes
  while (isContinue(rest)) {
    const end = rest.indexOf(END_OF_HEAD)
    if (end === -1) return rest.length > MAX_HEAD_BYTES ? bytes : null
    rest = rest.subarray(end + END_OF_HEAD.length)
  }
  return rest.length < CONTINUE.length && isBeginning(rest) ? null : rest
}

const isContinue = (bytes: Buffer): boolean => bytes.length >= CONTINUE.length && isBeginning(bytes)

/** Whether bytes agree with `HTTP/1.1 100`, as far as they go. */
const isBeginning = (bytes: Buffer): boolean => {
  const length = Math.min(bytes.length, CONTINUE.length)
  return bytes.compare(CONTINUE, 0, length, 0, length) === 0
}
