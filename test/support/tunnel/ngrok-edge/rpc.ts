// Typed streams: reading what the agent opens, and the replies of the service in ngrok's own shapes.
import type { Duplex } from 'node:stream'

/** The first four bytes of a stream. */
export const STREAM = { auth: 0, bind: 1, unbind: 2, proxy: 3, heartbeat: 0xff_ff_ff_ff } as const

export type Json = Readonly<Record<string, unknown>>

/** What an opened stream turned out to be. */
export interface StreamHandlers {
  /** A request, complete. The stream waits for a reply. */
  request(type: number, body: Json, stream: Duplex): void
  /** A heartbeat of four bytes, to be echoed. */
  heartbeat(id: Buffer, stream: Duplex): void
}

/** Reads the type of a stream and then what follows it. */
export function readTypedStream(stream: Duplex, handlers: StreamHandlers): void {
  let bytes = Buffer.alloc(0)
  let answered = false
  stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length < 4 || answered) return
    const type = bytes.readUInt32BE(0)
    if (type === STREAM.heartbeat) {
      for (; bytes.length >= 8; bytes = Buffer.concat([bytes.subarray(0, 4), bytes.subarray(8)])) {
        handlers.heartbeat(Buffer.from(bytes.subarray(4, 8)), stream)
      }
      return
    }
    // The agent does not end its side after a request: it is complete when it parses.
    const body = parse(bytes.subarray(4))
    if (body === null) return
    answered = true
    handlers.request(type, body, stream)
  })
}

function parse(bytes: Buffer): Json | null {
  try {
    return recordOf(JSON.parse(bytes.toString('utf8')))
  } catch {
    // Not complete yet.
    return null
  }
}

/** Answers a request; the agent reads to the end of the stream. */
export const reply = (stream: Duplex, body: Json): void => void stream.end(JSON.stringify(body))

/** An error in ngrok's shape: the text, then the code on a line of its own. */
export const errorText = (text: string, code: number): string => `${text}\r\n\r\nERR_NGROK_${code}\r\n`

/** The type and header of a proxy stream, ready to be followed by the bytes of the connection. */
export function proxyHeader(bindId: string, clientAddr: string): Buffer {
  const json = Buffer.from(
    JSON.stringify({ Id: bindId, ClientAddr: clientAddr, Proto: 'https', EdgeType: '3', PassthroughTLS: false }),
  )
  const head = Buffer.alloc(12)
  head.writeUInt32BE(STREAM.proxy, 0)
  head.writeBigInt64LE(BigInt(json.length), 4)
  return Buffer.concat([head, json])
}

export const recordOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
