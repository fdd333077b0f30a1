// The recording bot as a process of its own, which tests of other rooms start.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../support/bot/run-recording-bot.js', import.meta.url))

function run(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<Readonly<Record<string, unknown>>> => JSON.parse(String((await lines.next()).value))
  return { child, next }
}

describe('The recording bot', () => {
  it('says where it listens and what it hears', async () => {
    const { child, next } = run({ SECRET: 's', ANSWER: '{"status":201,"body":"done"}' })
    const { port, ...listening } = await next()
    expect(listening).toEqual({ type: 'listening', pid: child.pid, secret: 's' })
    const answer = await fetch(`http://127.0.0.1:${String(port)}/x?y`, { method: 'POST', body: 'bytes' })
    expect([answer.status, await answer.text()]).toEqual([201, 'done'])
    expect(await next()).toMatchObject({ type: 'request', method: 'POST', url: '/x?y', body: btoa('bytes') })
  })

  it('crashes on a request, or at once, or never listens, as it is told', async () => {
    const onRequest = run({ ANSWER: 'crash' })
    const { port } = await onRequest.next()
    const exited = once(onRequest.child, 'exit')
    await expect(fetch(`http://127.0.0.1:${String(port)}`)).rejects.toThrow()
    expect(await exited).toEqual([70, null])
    expect(await once(run({ START: 'crash' }).child, 'exit')).toEqual([70, null])
    expect(await run({ START: 'never' }).next()).toMatchObject({ type: 'idle' })
  })
})
