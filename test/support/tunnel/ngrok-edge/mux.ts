// One muxado session over a socket: its streams as Node duplexes, with their windows.
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createFrameDecoder, encodeFrame, FIN, FRAME, type Frame, SYN, word } from './frames.ts'

const WINDOW = 262_144
const MAX_FRAME = 65_536
const NOBODY = Buffer.alloc(0)
// The agent writes small frames one by one without TCP_NODELAY, so each waits for the ACK of the one before: 40 ms, as
// long as nothing is sent that can carry the ACK. This is such a thing: no credit for a stream that does not exist.
const NUDGE = encodeFrame({ type: FRAME.windowIncrement, flags: 0, stream: 0x7f_ff_ff_fe, body: word(0) })
const SMALL = 4_096

/** The muxer of one agent connection, on the service's side. */
export interface Mux {
  /** Opens a stream of ours; the first bytes written to it carry the SYN. */
  open(): Duplex
}

interface Inbox {
  readonly stream: Duplex
  receive(frame: Frame): void
}

/** Muxes `socket`; `onStream` gets every stream that the agent opens. Ends all streams when the socket closes. */
export function createMux(socket: Socket, onStream: (stream: Duplex) => void): Mux {
  const streams = new Map<number, Inbox>()
  const decode = createFrameDecoder()
  let nextId = 2
  let sent = 0

  const send = (type: number, flags: number, stream: number, body: Buffer): void => {
    sent += 1
    if (socket.writable) socket.write(encodeFrame({ type, flags, stream, body }))
  }

  function handle(frame: Frame): void {
    const isNew = !streams.has(frame.stream)
    if (isNew && (frame.type !== FRAME.data || !(frame.flags & SYN))) return
    const inbox = streams.get(frame.stream) ?? add(frame.stream, false)
    if (isNew) onStream(inbox.stream)
    inbox.receive(frame)
  }

  function add(id: number, ours: boolean): Inbox {
    const inbox = createStream(id, ours, send, () => streams.delete(id))
    streams.set(id, inbox)
    return inbox
  }

  socket.on('data', (chunk: Buffer) => {
    const before = sent
    for (const frame of decode(chunk)) handle(frame)
    if (chunk.length < SMALL && sent === before && socket.writable) socket.write(NUDGE)
  })
  socket.once('close', () => {
    for (const { stream } of streams.values()) stream.destroy(new Error('the agent session was lost'))
    streams.clear()
  })

  return {
    open: () => {
      const id = nextId
      nextId += 2
      return add(id, true).stream
    },
  }
}

type Send = (type: number, flags: number, stream: number, body: Buffer) => void

function createStream(id: number, ours: boolean, send: Send, forget: () => void): Inbox {
  let credit = WINDOW
  let consumed = 0
  let flags = ours ? SYN : 0
  let finSent = false
  let resume: (() => void) | null = null

  const sendData = (body: Buffer): void => {
    send(FRAME.data, flags, id, body)
    flags = 0
  }
  const sendFin = (): void => {
    if (finSent) return
    finSent = true
    send(FRAME.data, flags | FIN, id, NOBODY)
  }

  // Sends as much as the agent's window takes now and the rest when it opens.
  function sendWithin(bytes: Buffer, done: () => void): void {
    let rest = bytes
    while (rest.length > 0 && credit > 0) {
      const part = rest.subarray(0, Math.min(credit, MAX_FRAME))
      credit -= part.length
      sendData(part)
      rest = rest.subarray(part.length)
    }
    if (rest.length === 0) done()
    else resume = () => sendWithin(rest, done)
  }

  const stream = new Duplex({
    // Several small writes leave as one frame: the agent passes frames on one by one, and its upstream waits in between.
    writev: (chunks, done) => sendWithin(Buffer.concat(chunks.map(({ chunk }) => asBuffer(chunk))), done),
    write: (chunk, _encoding, done) => sendWithin(asBuffer(chunk), done),
    final: (done) => {
      sendFin()
      done()
    },
    read: () => {
      if (consumed === 0) return
      send(FRAME.windowIncrement, 0, id, word(consumed))
      consumed = 0
    },
    destroy: (error, done) => {
      // Abandoned with FIN, never with RST: the agent leaks a stream that is reset.
      sendFin()
      forget()
      done(error)
    },
  })
  // A stream that ends with its session has nobody to tell, unless somebody listens as well.
  stream.on('error', () => {})

  return {
    stream,
    receive: ({ type, flags: received, body }) => {
      if (type === FRAME.rst) return void stream.destroy(new Error('the agent reset the stream'))
      if (type === FRAME.windowIncrement) {
        credit += body.readUInt32BE(0)
        const go = resume
        resume = null
        return go?.()
      }
      if (type !== FRAME.data) return
      consumed += body.length
      if (body.length > 0) stream.push(body)
      if (received & FIN) stream.push(null)
    },
  }
}

const asBuffer = (chunk: unknown): Buffer => (Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
