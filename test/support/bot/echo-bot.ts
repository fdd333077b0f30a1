// The example bot with the real chipchat SDK, as a process that a test starts and stops.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('../../../config/examples/echo-bot.js', import.meta.url))

export interface EchoBot {
  readonly port: number
  readonly pid: number
  /** Everything it has written so far. */
  output(): string
  /** Kills it and waits for its end. Idempotent. */
  stop(): Promise<void>
}

/** Starts it on a free port, unless `env` names one, and waits until it listens. */
export async function startEchoBot(env: Readonly<Record<string, string>>): Promise<EchoBot> {
  const child = spawn(process.execPath, [SCRIPT], {
    env: { PATH: process.env['PATH'], PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listening = new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString()
      const [, port] = /running on localhost:(\d+)/.exec(output) ?? []
      if (port !== undefined) resolve(Number(port))
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => reject(new Error(`the echo bot ended with code ${code}: ${output}`)))
    child.once('error', reject)
  })
  const port = await listening
  return { port, pid: child.pid ?? 0, output: () => output, stop: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
