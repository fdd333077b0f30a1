// A recorded delivery as a fixture for a test: one JSON object.
import { isUtf8 } from 'node:buffer'
import { oneLine } from '../../../core/text/sanitize.ts'
import { toJson } from '../../../core/text/to-json.ts'
import { type Exported, headersOf } from './exported.ts'

/** Writes it; `Buffer.from(body, encoding)` gives the bytes, and each character of a header is one byte. */
export function asFixture({ delivery, label }: Exported): string {
  const { id, method, search, body, receivedAt } = delivery
  const encoding = isUtf8(body) ? 'utf8' : 'base64'
  const fixture = {
    id,
    receivedAt: new Date(receivedAt).toISOString(),
    event: label.event && oneLine(label.event),
    conversation: label.conversation && oneLine(label.conversation),
    method,
    search,
    headers: headersOf(delivery),
    encoding,
    body: body.toString(encoding),
  }
  return toJson(fixture, 2)
}
