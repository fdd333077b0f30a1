// A real nats-server on a free port of this machine, which can be killed and started again with what it has kept.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { folderForTest } from '../folder.ts'
import { freePort } from '../free-port.ts'
import { eventually } from '../wait.ts'

export interface NatsServer {
  readonly port: number
  /** `nats://127.0.0.1:<port>` */
  readonly url: string
  /** Ends it without a word. */
  kill(): Promise<void>
  /** Sends it a signal, and waits for nothing. */
  signal(name: NodeJS.Signals): void
  /** Starts it again, on the same port and with the same store. */
  start(): Promise<void>
}

export interface StoringServer extends NatsServer {
  /** The folder in which it keeps everything. */
  readonly store: string
}

/** Whether a nats-server is installed: it is on every machine whose tests were prepared by `npm test`. */
export const program = process.env['NATS_SERVER'] ?? 'nats-server'

/** Starts a server with JetStream; `more` is added to its configuration. It ends with the test. */
export async function natsServer(more = 'max_payload: 11MB'): Promise<StoringServer> {
  const folder = await folderForTest()
  const port = await freePort()
  const store = join(folder, 'store')
  const config = join(folder, 'server.conf')
  const lines = [`listen: "127.0.0.1:${port}"`, `jetstream { store_dir: ${JSON.stringify(store)} }`, more]
  await writeFile(config, lines.join('\n'))
  return { ...(await runServer(config, port)), store }
}

/** Starts a server with a configuration of its own, which listens on `port`. It ends with the test. */
export async function runServer(config: string, port: number): Promise<NatsServer> {
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    const started = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    let failed: string | null = null
    started.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    started.on('error', (error) => {
      failed = error.message
    })
    started.on('exit', (code) => {
      if (code !== null) failed = said
    })
    child = started
    await eventually(() => {
      if (failed !== null) throw new Error(`nats-server did not start: ${failed}`)
      return canConnect(port)
    })
  }

  async function kill(): Promise<void> {
    const running = child
    child = null
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill('SIGKILL')
    await gone
  }

  onTestFinished(kill)
  await start()
  return { port, url: `nats://127.0.0.1:${port}`, kill, signal: (name) => void child?.kill(name), start }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
