// One HTTP exchange with the platform: bounded in time and size, never followed elsewhere.

import type { Dispatcher } from 'undici'
import { rejectOnAbort, withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { readUpTo } from '../../core/http/read-body.ts'
import { MAX_ANSWER_BYTES } from '../../core/limits.ts'
import { formatSize } from '../../core/text/size.ts'
import type { RawResponse } from './api-errors.ts'

export interface Exchange {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE'
  /** From the root of the origin, with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface Transport {
  /** Rejects with the connection's own error, one for the time that is up, the signal's reason, or `apiNotJson` for an endless body. */
  send(exchange: Exchange, signal: AbortSignal): Promise<RawResponse>
  close(): Promise<void>
}

/** How the origin is reached. */
export interface TransportOptions {
  /** For a whole exchange. */
  readonly timeoutMs: number
  /** The HTTP proxy that leads there, as a URL. */
  readonly proxy: string | null
  /** How many connections there may be. Default 4. */
  readonly connections?: number
}

/** Creates a transport to one origin, with connections of its own; nothing is opened before the first call. */
export function createTransport(
  origin: string,
  { timeoutMs, proxy, connections: most = 4 }: TransportOptions,
): Transport {
  let opening: Promise<Dispatcher> | undefined

  // Loaded with the first call: undici costs more to load than everything else that a start has to wait for.
  const connections = (): Promise<Dispatcher> => {
    opening ??= import('undici').then(({ Agent, ProxyAgent }) =>
      proxy === null ? new Agent({ connections: most }) : new ProxyAgent({ uri: proxy, connections: most }),
    )
    return opening
  }

  return {
    send: ({ method, path, headers, body }, signal) =>
      withDeadline([signal], { ms: timeoutMs, reason: `no answer within ${timeoutMs / 1_000} s` }, async (limited) => {
        const dispatcher = await connections()
        const request = dispatcher.request({ origin, method, path, headers, body, signal: limited })
        // undici notices an abort only once it is connected, and a silent proxy can keep it from that for minutes.
        const response = await rejectOnAbort(request, limited)
        const bytes = await readUpTo(response.body, MAX_ANSWER_BYTES)
        if (bytes === null) throw tooLong(method, path)
        return { status: response.statusCode, headers: flatten(response.headers), text: bytes.toString('utf8') }
      }),
    close: async () => {
      // What could not be opened, because the proxy's URL is not one, has nothing to close.
      const opened = await opening?.catch(() => null)
      await opened?.destroy()
    },
  }
}

const tooLong = (method: string, path: string): DevHookError =>
  new DevHookError('apiNotJson', `${method} ${path} answered with more than ${formatSize(MAX_ANSWER_BYTES)}`)

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}
