// A way to a port of this machine that can be cut and mended: the connections on it break, and new ones are refused meanwhile.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface CutOff {
  /** Where the way begins. */
  readonly port: number
  cut(): void
  /** `change`: what becomes of what a client sends from now on. */
  mend(change?: (sent: string) => string): void
}

/** Opens it, to this port. */
export async function cutOffForTest(to: number): Promise<CutOff> {
  const sockets = new Set<Socket>()
  let isCut = false
  let change = (sent: string): string => sent

  const server = createServer((client) => {
    const onward = connect(to, '127.0.0.1')
    for (const socket of [client, onward]) {
      sockets.add(socket)
      // Whichever end breaks, the other one goes with it.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        onward.destroy()
      })
    }
    if (isCut) return void client.destroy()
    client.on('data', (sent) => void onward.write(Buffer.from(change(sent.toString('latin1')), 'latin1')))
    onward.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    mend: (changed = (sent) => sent) => {
      change = changed
      isCut = false
    },
  }
}
