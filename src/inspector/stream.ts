// The stream of what happens, as server-sent events: from now on, or from where a client left off.
import type { ServerResponse } from 'node:http'
import { after, repeat } from '../core/async.ts'
import { createListeners, type Off } from '../core/listeners.ts'

/** What is streamed: an object with a `type`. */
export interface StreamEvent {
  readonly type: string
}

/** What may change without a notice: whoever shows it asks for it again. */
export type Changing = 'holding' | 'replay-on-save' | 'conversations' | 'chaos'

/** Says that something has changed of which no notice tells. */
export const changeOf = (what: Changing) => ({ type: 'changed' as const, time: new Date().toISOString(), what })

/** Where events come from. */
export interface StreamSource {
  on(listener: (event: StreamEvent) => void): Off
}

export interface StreamOptions {
  readonly source: StreamSource
  /** The id of the run: a stream of another run cannot be resumed. */
  readonly runId: string
  /** How much is kept for clients that come back, in events and in characters. */
  readonly kept?: { readonly events: number; readonly characters: number }
  /** How much may wait for one client, in bytes. */
  readonly backlog?: number
  /** How long events are kept when the last client has gone, in ms. */
  readonly lingerMs?: number
}

export interface Stream {
  /** Sends a client what happens from now on, first what came after `lastId`; false when there are too many clients. */
  add(response: ServerResponse, lastId: string | null): boolean
  /** Tells every client that the run has ended, and lets them go at once. */
  close(): void
}

const KEPT = { events: 5_000, characters: 4 * 1024 * 1024 }
const BACKLOG = 1024 * 1024
const LINGER_MS = 60_000
/** How often every client is sent a beat, in ms: one that has gone is noticed then, and one that hears none knows that this run is. */
const BEAT_MS = 15_000
const MAX_CLIENTS = 32

interface KeptEvent {
  readonly n: number
  readonly text: string
}

/**
 * Creates the stream. It listens to its source only while there are clients, and for a moment after the last one has gone: what
 * happens while nobody looks costs nothing.
 */
// One story: clients come and go, and with them what is kept and who is listened to.
export function createStream({
  source,
  runId,
  kept: limits = KEPT,
  backlog = BACKLOG,
  lingerMs = LINGER_MS,
}: StreamOptions): Stream {
  const clients = new Set<ServerResponse>()
  const heard = createListeners<KeptEvent>()
  let kept: KeptEvent[] = []
  let characters = 0
  let last = 0
  let listening: Off | null = null
  let cancelLinger: Off | null = null
  let isClosed = false

  const idOf = (n: number): string => `${runId}-${n}`

  /** The number of an event of this run by its id; `null` for any other id. */
  function numberOf(id: string): number | null {
    const n = id.startsWith(`${runId}-`) ? id.slice(runId.length + 1) : ''
    return /^\d{1,15}$/.test(n) && Number(n) <= last ? Number(n) : null
  }

  function keep(event: StreamEvent): void {
    last += 1
    const one = { n: last, text: frame(event, idOf(last)) }
    kept.push(one)
    characters += one.text.length
    while (kept.length > limits.events || (characters > limits.characters && kept.length > 1)) {
      characters -= kept.shift()?.text.length ?? 0
    }
    heard.emit(one)
  }

  function stopListening(): void {
    cancelLinger?.()
    cancelLinger = null
    listening?.()
    listening = null
    // What happens from now on is not counted: nobody can go on from the last that was.
    last += 1
    kept = []
    characters = 0
  }

  /** What came after an event; `null` when some of it is gone. */
  function since(n: number): readonly KeptEvent[] | null {
    if (n === last) return []
    const [first] = kept
    if (first === undefined || first.n > n + 1) return null
    return kept.filter((event) => event.n > n)
  }

  function gone(response: ServerResponse): void {
    clients.delete(response)
    if (clients.size > 0 || isClosed || listening === null) return
    cancelLinger = after(lingerMs, stopListening)
  }

  return {
    add: (response, lastId) => {
      if (isClosed || clients.size >= MAX_CLIENTS) return false
      const n = lastId === null ? last : numberOf(lastId)
      const missed = n === null ? null : since(n)
      cancelLinger?.()
      cancelLinger = null
      listening ??= source.on(keep)
      clients.add(response)
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      const beat = repeat(BEAT_MS, () => response.write(BEAT))
      const off = heard.on(({ text }) => {
        // Whoever does not read what was sent is let go, and may come back for it.
        if (response.writableLength > backlog) response.destroy()
        else response.write(text)
      })
      response.once('close', () => {
        beat()
        off()
        gone(response)
      })
      // With a place to go on from, for a client that is gone before anything has happened.
      response.write(`${n === null ? '' : `id: ${idOf(n)}\n`}retry: 1000\n\n`)
      if (missed === null) response.write(frame({ type: 'reset' }, idOf(last)))
      else for (const { text } of missed) response.write(text)
      return true
    },
    close: () => {
      isClosed = true
      stopListening()
      for (const response of clients) {
        response.end(frame({ type: 'end' }, null))
        response.socket?.destroySoon()
      }
    },
  }
}

/** An event of its own name: whoever listens to what happens does not hear it. */
const BEAT = 'event: beat\ndata: {"type":"beat"}\n\n'

// JSON has no line breaks of its own, so that each event is one line of data.
const frame = (event: StreamEvent, id: string | null): string =>
  `${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`
