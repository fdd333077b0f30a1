// Taking out `100 Continue` that nobody asked for, which other HTTP clients skip and undici breaks the connection over.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

// Bots send it: `res.writeContinue()` of node:http, and servers that take every large body for one that waits.
const CONTINUE = Buffer.from('HTTP/1.1 100')
const END_OF_HEAD = Buffer.from('\r\n\r\n')
/** Longest head of an interim answer, in bytes; what is longer is left to undici to judge. */
const MAX_HEAD_BYTES = 16 * 1024
const NOTHING = Buffer.alloc(0)

/** The sockets whose answers are filtered, each with what makes it expect one. */
const expecting = new WeakMap<object, () => void>()

// undici says with each request on which socket it goes; only the first bytes after that can be an interim answer.
subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = Object(message) as { readonly socket?: object }
  if (socket !== undefined) expecting.get(socket)?.()
})

/** Lets undici read this socket without the `100 Continue` that may come before an answer. Every other byte stays as it is. */
export function skipContinue(socket: Socket): void {
  const push = socket.push.bind(socket)
  let isExpected = false
  /** What came so far of something that may be one. */
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

/** What follows every leading `100 Continue`; `null` while it cannot be told whether there is one, or what follows. */
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
