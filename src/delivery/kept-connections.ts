// Whether a request goes out on a connection that has carried another one before: undici tells that to nobody but its diagnostics.
import { subscribe } from 'node:diagnostics_channel'

const used = new WeakSet<object>()
let tell: ((isKept: boolean) => void) | null = null

subscribe('undici:client:sendHeaders', (message) => {
  const { socket } = Object(message) as { readonly socket?: object }
  if (socket === undefined) return
  tell?.(used.has(socket))
  tell = null
  used.add(socket)
})

/** To be called from `onConnect`: undici publishes the socket of that request next, in the same tick. */
export function onNextSocket(listener: (isKept: boolean) => void): void {
  tell = listener
}
