// What a journal keeps in memory of what it has written: nothing that is as large as what came.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/core/delivery.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { identify } from '../../src/protocol/payload.ts'
import { anAttempt } from '../support/attempts.ts'
import { folderForTest } from '../support/folder.ts'
import { answered, delivery } from '../support/journal/journal.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const MESSAGES = 400
const LONG = 300 * 1024
const MIB = 1024 * 1024

/** Bytes on the heap and in buffers; those of a buffer are given back a turn after it was collected. */
async function inUse(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    collectGarbage()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A text of its own, of which V8 shares nothing with another. */
const long = (n: number): string => `${n} ${'x'.repeat(LONG)}`

const payloadOf = (n: number, more: { readonly [member: string]: unknown } = {}): Buffer => {
  const message = { id: `m${n}`, text: 'hi', ...(more['message'] as object) }
  const conversation = { id: `c${n % 10}`, ...(more['conversation'] as object) }
  const rest = { ...more, message: undefined, conversation: undefined }
  return Buffer.from(
    JSON.stringify({ id: `p${n}`, event: 'message.create.contact.chat', data: { conversation, message }, ...rest }),
  )
}

const BROKE = (n: number): Attempt => anAttempt('interrupted', { reason: long(n) })

const LARGE: readonly (readonly [what: string, body: (n: number) => Buffer, attempt: (n: number) => Attempt])[] = [
  ['text', (n) => payloadOf(n, { message: { text: long(n) } }), () => answered(200)],
  ['text with an emoji', (n) => payloadOf(n, { message: { text: `\u{1F600}${long(n)}` } }), () => answered(200)],
  ['message id', (n) => payloadOf(n, { message: { id: long(n) } }), () => answered(200)],
  ['conversation', (n) => payloadOf(n, { conversation: { id: long(n) } }), () => answered(200)],
  ['event', (n) => payloadOf(n, { event: long(n) }), () => answered(200)],
  ['platform id', (n) => payloadOf(n, { id: long(n) }), () => answered(200)],
  ['body that is not JSON', (n) => Buffer.from(long(n)), () => answered(200)],
  ['reply', (n) => payloadOf(n), (n) => answered(200, long(n))],
  ['reason', (n) => payloadOf(n), BROKE],
]

describe('A journal', () => {
  it.each(LARGE)('does not keep a large %s in memory', async (_, bodyOf, attemptOf) => {
    const folder = await folderForTest()
    const options = { onTrouble: (__: string, message: string) => expect.unreachable(message) }
    const journal = await openJournal(folder, options)
    const before = await inUse()
    for (let n = 0; n < MESSAGES; n += 1) {
      const id = `d${n}`
      const given = delivery(id, { body: bodyOf(n) })
      const { label, key } = identify(given)
      journal.record(given, label, key)
      journal.recordAttempt(id, 1, attemptOf(n))
      journal.settle(id, 'delivered')
      if (n % 20 === 0) await journal.synced(id)
    }
    await journal.synced('d0')
    expect(((await inUse()) - before) / MIB).toBeLessThan(4)
    expect(journal.find('d0')?.settled).toBe('delivered')
    await journal.close()

    const beforeNext = await inUse()
    const next = await openJournal(folder, options)
    expect(((await inUse()) - beforeNext) / MIB).toBeLessThan(4)
    expect(next.find('d0')?.settled).toBe('delivered')
    await next.close()
  })
})
