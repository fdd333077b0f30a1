// dev-hook from gateway to bot, put together as the daemon does it: check, journal, queue, forwarder, notices, inspector.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createIo } from '../../src/cli/io.ts'
import { startOutput } from '../../src/cli/output/output.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createNotices } from '../../src/core/notices.ts'
import { createRedactor } from '../../src/core/text/redact.ts'
import { createStreamSource } from '../../src/daemon/operations/stream-source.ts'
import { createTraffic } from '../../src/daemon/traffic/traffic.ts'
import { openInspector } from '../../src/inspector/server.ts'
import { openJournal } from '../../src/journal/journal.ts'
import { SECRET } from './secret.mjs'

const NO_JOURNAL = {
  record: () => false,
  recordAttempt: () => {},
  settle: () => {},
  synced: async () => {},
  undelivered: () => [],
  seen: () => null,
  close: async () => {},
}

/** A folder of this benchmark alone. */
export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'dev-hook-bench-'))

/** Opens everything between gateway and bot; `without` the `journal`, the `output` or the `inspector`, to see what that costs. */
export async function openWiring(upstream, without = []) {
  const folder = await temporaryFolder()
  const given = { forwardTo: upstream, secret: SECRET, tunnel: 'loopback', json: true }
  const config = await loadConfig(given, { cwd: folder, env: {}, platform: process.platform, sourceOf: (key) => key })
  const notices = createNotices()
  const redactor = createRedactor([config.secret])
  const endOutput = without.includes('output')
    ? async () => {}
    : startOutput({ config, json: true, redactor }, createIo(), notices, join(folder, 'log'))
  const journal = without.includes('journal') ? NO_JOURNAL : await openJournal(folder, { onTrouble })
  const inspector = without.includes('inspector')
    ? null
    : await openInspector({
        handlers: { run: {}, sandbox: null, version: 'bench' },
        events: createStreamSource({ notices, redactor }),
        folder,
        runId: 'bench',
        port: null,
      })
  const traffic = createTraffic({
    config,
    emulated: false,
    journal,
    emit: notices.emit,
    botId: 'bench',
    who: 'bench',
    runId: 'bench',
    secret: () => config.secret,
    rereadSecret: async () => null,
    botSecret: () => null,
    formerUrl: () => null,
    challenged: () => {},
    handedOver: () => {},
    handedDown: async () => false,
    arrived: () => {},
    refused: () => {},
    botRoutes: async () => [],
  })
  return {
    traffic,
    emit: notices.emit,
    close: async () => {
      await traffic.close()
      await inspector?.close()
      await journal.close()
      await endOutput()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A disk that does not keep up would make the figures worthless. */
export function onTrouble(kind, message) {
  throw new Error(`${kind}: ${message}`)
}
