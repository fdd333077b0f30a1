// Where the bot is: a port, a URL, or a listener or server that is in this process, which is then given an address.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { listeningHost } from '../../bot/port-readiness.ts'
import { neverAborted } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import type { BotTarget } from '../types/types.ts'

/** An address of a bot. */
export interface BotAddress {
  /** With the path of its webhook. */
  readonly url: string
  /** Closes what was opened for it. Idempotent; never rejects. */
  close(): Promise<void>
}

const REMEDY = 'give a port, a URL, a listener such as `app` or `bot.httpMiddleware()`, or a server'

/** Finds the address of a bot, or gives it one. `path`: that of its webhook, unless the target is a URL with one of its own. */
export async function openAddress(target: BotTarget, path: string): Promise<BotAddress> {
  if (typeof target === 'function') return serve(createServer(target), path)
  if (typeof target === 'number' || (typeof target === 'string' && /^\d+$/.test(target))) {
    return { url: await urlOfPort(Number(target), path), close: async () => undefined }
  }
  if (typeof target === 'string' || target instanceof URL)
    return { url: urlOf(target, path), close: async () => undefined }
  if (typeof target === 'object' && typeof target?.listen === 'function') return serve(target, path)
  throw new DevHookError('usage', `\`forwardTo\` is of type ${typeof target}`, { remedy: REMEDY })
}

async function urlOfPort(port: number, path: string): Promise<string> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new DevHookError('usage', `${port} is not a port`, { remedy: REMEDY })
  }
  const host = await listeningHost({ host: 'localhost', port }, neverAborted())
  if (host === null) {
    throw new DevHookError('botNotListening', `nothing listens on port ${port}`, {
      remedy: 'start the bot first, or let the kit start it with `command`',
    })
  }
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
}

function urlOf(target: string | URL, path: string): string {
  const url = URL.canParse(String(target)) ? new URL(target) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new DevHookError('usage', `${JSON.stringify(String(target))} is not the URL of a bot`, { remedy: REMEDY })
  }
  return url.pathname === '/' && url.search === '' ? new URL(path, url).href : url.href
}

/** A server of one's own is closed by whoever has opened it. */
async function serve(server: Server, path: string): Promise<BotAddress> {
  const isOurs = !server.listening
  if (isOurs) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const address = server.address()
  if (typeof address !== 'object' || address === null) {
    throw new DevHookError('usage', 'the server of the bot does not listen on a port', { remedy: REMEDY })
  }
  const host = address.family === 'IPv6' && address.address !== '::' ? '[::1]' : '127.0.0.1'
  return {
    url: `http://${host}:${address.port}${path}`,
    close: async () => {
      if (!isOurs || !server.listening) return
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
