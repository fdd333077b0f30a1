// Ports that no other test, and nobody else on this machine, is given.
import { createServer } from 'node:net'

// Below what systems give to whoever asks for any port, and apart for each of the workers that run side by side: a port
// that somebody else could get in the meantime would be a rare failure that nobody can explain.
const PORTS = { first: 20_000, count: 12_000, each: 1_000 }
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0)
let nextPort = Math.floor(Math.random() * PORTS.each)

/** A port that nobody listens on, and nobody will but the one who asked. */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort = (nextPort + 1) % PORTS.each
    const port = PORTS.first + ((worker * PORTS.each + nextPort) % PORTS.count)
    if (await canListen(port)) return port
  }
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer()
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, () => resolve(true))
  })
  if (listens) await new Promise((resolve) => server.close(resolve))
  return listens
}
