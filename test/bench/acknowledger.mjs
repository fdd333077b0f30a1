// The process of the durable part: records deliveries, and waits for each to be on disk.
import { rm } from 'node:fs/promises'
import { openJournal } from '../../src/journal/journal.ts'
import { identify } from '../../src/protocol/payload.ts'
import { nextPayload } from './payload.mjs'
import { serve } from './processes.mjs'
import { onTrouble, temporaryFolder } from './wiring.mjs'

const folder = await temporaryFolder()
const journal = await openJournal(folder, { onTrouble })
let number = 0

async function acknowledge(lane) {
  const { body } = nextPayload(lane)
  const headers = ['Content-Type', 'application/json']
  const delivery = { id: `d${number++}`, receivedAt: Date.now(), method: 'POST', search: '', headers, body }
  const { label, key } = identify(delivery)
  journal.record(delivery, label, key)
  journal.settle(delivery.id, 'acknowledged', 200)
  await journal.synced(delivery.id)
  // Delivered at last: the journal keeps what is owed to the bot for ever.
  journal.settle(delivery.id, 'delivered')
}

async function run({ concurrency, ms }) {
  let done = 0
  const start = performance.now()
  const loop = async (_, lane) => {
    while (performance.now() - start < ms) {
      await acknowledge(lane)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  return { perSecond: (done / (performance.now() - start)) * 1_000 }
}

serve({}, run, async () => {
  await journal.close()
  await rm(folder, { recursive: true, force: true })
})
