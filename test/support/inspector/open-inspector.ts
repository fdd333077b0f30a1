// An inspector for tests, which ends with the test, and raw requests to it.
import { onTestFinished } from 'vitest'
import { readAddress } from '../../../src/inspector/address.ts'
import { type InspectorOptions, openInspector } from '../../../src/inspector/server.ts'
import { folderForTest } from '../folder.ts'
import { exchange } from '../network/raw-http.ts'
import { fakeHandlers, NO_EVENTS } from './fake-handlers.ts'

/** Opens one on any port; `send` makes a request in which some of the usual headers are others, or missing. */
export async function inspectorForTest(options: Partial<InspectorOptions> = {}) {
  const folder = options.folder ?? (await folderForTest())
  const usual = { handlers: fakeHandlers(), events: NO_EVENTS, folder, runId: 'run1', port: null, finishWithinMs: 50 }
  const inspector = await openInspector({ ...usual, ...options })
  onTestFinished(inspector.close)
  const address = await readAddress(folder)
  if (address === null) throw new Error('no address was written')
  const { port, token } = address

  const send = (line: string, headers: Readonly<Record<string, string | null>> = {}, body = '') => {
    const given = { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}`, Connection: 'close' }
    const all = Object.entries({ ...given, 'Content-Length': String(Buffer.byteLength(body)), ...headers })
    const written = all.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
    return exchange(port, `${line} HTTP/1.1\r\n${written.join('\r\n')}\r\n\r\n${body}`)
  }
  return { folder, inspector, address, send }
}
