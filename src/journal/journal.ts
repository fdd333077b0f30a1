// The record of a bot's deliveries and attempts on disk, as the corridor uses it.
import { chmod } from 'node:fs/promises'
import type { Delivery, Reply } from '../core/delivery.ts'
import { DevHookError, messageOf } from '../core/errors.ts'
import { makePrivateFolder } from '../core/files.ts'
import type { Journal, Recorded } from '../core/ports.ts'
import { answerTo, type Entry, type Kept } from './index-by-delivery.ts'
import { type Loaded, loadLog } from './load.ts'
import { countExpired, removeLeftovers, removeOldest } from './prune.ts'
import { attemptContent, attemptHead, type Content, deliveryHead, type Head } from './record-format.ts'
import { createTail, type OpenFile, openLogFile } from './segment-writer.ts'
import { contentAt, eventsFolder, type Limits } from './segments.ts'
import { createWriter, type OnTrouble, type WriterOptions } from './writer.ts'

export interface JournalOptions extends Pick<WriterOptions, 'queueBytes' | 'lingerMs' | 'retryMs'> {
  readonly onTrouble: OnTrouble
  readonly limits?: Limits
  readonly now?: () => number
  readonly openFile?: OpenFile
}

const DAY_MS = 24 * 60 * 60_000
const HOUR_MS = 60 * 60_000
const LIMITS: Limits = { deliveries: 10_000, ms: 7 * DAY_MS, bytes: 512 * 1024 * 1024 }

/**
 * Opens the journal in a bot's folder; the caller holds the folder's lock. Heals what an earlier run left damaged.
 * Rejects with `stateUnwritable` when the folder cannot be read or written.
 */
export async function openJournal(folder: string, options: JournalOptions): Promise<Journal> {
  const { onTrouble, limits = LIMITS, now = Date.now, openFile = openLogFile } = options
  const events = eventsFolder(folder)
  const { ledger, segments, nextSeq } = await load(events, limits, now(), onTrouble)
  const tail = createTail({ events, segments, limits, now, openFile, onSegment: prune })
  const writer = createWriter({ ...options, tail })
  const hourly = setInterval(() => void prune(), HOUR_MS).unref()
  let seq = nextSeq
  let pruning: Promise<void> | null = null

  await prune()

  function prune(): Promise<void> {
    const count = countExpired(segments, ledger, limits, now())
    pruning ??= removeOldest(events, segments, ledger, count).finally(() => {
      pruning = null
    })
    return pruning
  }

  function keep(head: Head, content: Content | null): boolean {
    const line: Kept = { head, at: content }
    // A settlement is small, and what was promised to the platform hangs on it.
    if (!writer.push(line, head.t !== 'settled')) return false
    seq += 1
    ledger.add(line)
    return true
  }

  async function loadDelivery({ delivery: { head, at } }: Entry): Promise<Delivery> {
    const { id, receivedAt, method, search } = head
    const content = await contentAt(events, at)
    if (content === null) throw new DevHookError('stateDamaged', `delivery ${id} cannot be read back`)
    return { id, receivedAt, method, search, ...content }
  }

  function recorded(entry: Entry): Recorded {
    const { delivery, settled, attempts } = entry
    const { id, receivedAt, label } = delivery.head
    return { id, receivedAt, label, settled, attempts: attempts.at(-1)?.head.n ?? 0, load: () => loadDelivery(entry) }
  }

  async function answerOf(entry: Entry): Promise<Reply | null> {
    const answer = answerTo(entry)
    if (answer === null) return null
    if (typeof answer === 'number') return statusOnly(answer)
    if (answer.head.outcome !== 'answered') return null
    const { status, bytes } = answer.head
    const content = await contentAt(events, answer.at)
    return content?.body.length === bytes ? { status, ...content } : statusOnly(status)
  }

  return {
    record: (delivery, label, key) => {
      const { headers, body } = delivery
      return keep(deliveryHead(seq, delivery, label, key), { headers, body })
    },
    recordAttempt: (id, n, attempt) => {
      if (ledger.entries.has(id)) keep(attemptHead(seq, id, n, attempt), attemptContent(attempt))
    },
    settle: (id, settled, told) => {
      const entry = ledger.entries.get(id)
      // Most often the attempt has said it, and a line for each delivery is spared.
      if (entry === undefined || (entry.settled === settled && told === undefined)) return
      keep({ t: 'settled', seq, id, settled, at: now(), told: told ?? null }, null)
    },
    synced: (id) => {
      if (ledger.entries.has(id)) return writer.synced()
      return Promise.reject(new DevHookError('stateUnwritable', `delivery ${id} is not in the journal`))
    },
    undelivered: () => [...ledger.owed].sort(byArrival).map(recorded),
    find: (id) => {
      const entry = ledger.entries.get(id)
      return entry === undefined ? null : recorded(entry)
    },
    seen: (key) => {
      const entry = ledger.byKey(key)
      if (entry === null || now() - entry.delivery.head.receivedAt > DAY_MS) return null
      return { id: entry.delivery.head.id, settled: entry.settled, answer: () => answerOf(entry) }
    },
    close: () => {
      clearInterval(hourly)
      return writer.close()
    },
  }
}

const byArrival = (a: Entry, b: Entry): number => a.delivery.head.seq - b.delivery.head.seq

const statusOnly = (status: number): Reply => ({ status, headers: [], body: Buffer.alloc(0) })

async function load(events: string, limits: Limits, now: number, onTrouble: OnTrouble): Promise<Loaded> {
  try {
    await makePrivateFolder(events)
    await chmod(events, 0o700)
    await removeLeftovers(events, limits, now)
    return await loadLog(events, onTrouble)
  } catch (cause) {
    const message = `the journal cannot be opened in ${events}: ${messageOf(cause)}`
    throw new DevHookError('stateUnwritable', message, { cause })
  }
}
