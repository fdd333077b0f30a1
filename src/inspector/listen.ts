// The port of the inspector: a fixed one that can be remembered, or the next that is free.
import type { Server } from 'node:http'
import { codeOf } from '../core/errors.ts'

/** The first is the usual one. The gateway's own port, which Codespaces forwards, is left out. */
const USUAL: readonly number[] = [4747, 4749, 4750, 4751, 4752, 4753, 4754, 4755, 4756, 4757, 4758, 4759]

/** What keeps a port from being taken: somebody has it, or only an administrator may. */
const TAKEN = new Set(['EADDRINUSE', 'EACCES'])

/** Lets a server listen on 127.0.0.1: on the wanted port if that is free, else on a usual one, else on any. Returns the port. */
export async function listen(server: Server, wanted: number | null): Promise<number> {
  for (const port of wanted === null ? USUAL : [wanted, ...USUAL]) {
    if (await takes(server, port)) return boundPort(server)
  }
  await listenOn(server, 0)
  return boundPort(server)
}

async function takes(server: Server, port: number): Promise<boolean> {
  try {
    await listenOn(server, port)
    return true
  } catch (error) {
    if (TAKEN.has(codeOf(error) ?? '')) return false
    throw error
  }
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function boundPort(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the inspector has no port')
  return address.port
}
