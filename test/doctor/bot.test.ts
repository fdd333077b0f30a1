import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkSignature } from '../../src/protocol/signature.ts'
import { PROGRAMS } from '../support/bot/programs.ts'
import { diagnose } from '../support/cli/doctor.ts'
import { freePort } from '../support/free-port.ts'

const SECRET = 'the secret of the bot'

/** What the doctor finds of a bot that answers like this. */
async function diagnoseBot(
  listener: RequestListener,
  env: Readonly<Record<string, string>> = { SECRET },
  host = '127.0.0.1',
) {
  const server = createServer(listener).listen(0, host)
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return diagnose({ env: { PORT: String(port), APIHOST: 'http://127.0.0.1:1', ...env } })
}

/** Reads the request, then answers with the status that `judge` gives a delivery. */
const judging =
  (judge: (signature: 'right' | 'wrong' | 'missing') => number): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const given = new URL(request.url ?? '', 'http://bot').searchParams.get('challenge')
      if (given !== null) return response.end(given)
      response.statusCode = judge(checkSignature(request.rawHeaders, Buffer.concat(chunks), SECRET))
      return response.end()
    })
  }

describe('The doctor, of a bot that is up', () => {
  it('finds one that does everything itself', async () => {
    const { check } = await diagnoseBot(judging((signature) => (signature === 'right' ? 200 : 401)))
    expect(check('challenge')).toMatchObject({ ok: true, remedy: null })
    expect(check('signature')).toMatchObject({ ok: true, remedy: null })
  })

  it('finds one that listens on ::1 alone, by its port', async () => {
    const judge = judging((signature) => (signature === 'right' ? 200 : 401))
    const { check } = await diagnoseBot(judge, { SECRET }, '::1')
    for (const name of ['port', 'challenge', 'signature']) expect(check(name)).toMatchObject({ ok: true, remedy: null })
  })

  it.each<[string, (signature: 'right' | 'wrong' | 'missing') => number, string]>([
    ['takes everything', () => 200, 'without a signature'],
    ['takes a wrong one', (signature) => (signature === 'missing' ? 500 : 200), 'as chipchat does'],
    ['has another secret', () => 401, 'does not take a delivery that is signed with SECRET'],
  ])('warns of signatures when it %s', async (_, judge, message) => {
    const { check } = await diagnoseBot(judging(judge))
    expect(check('signature')).toMatchObject({
      ok: true,
      message: expect.stringContaining(message),
      remedy: expect.any(String),
    })
  })

  it('does not miss the secret that it was not given', async () => {
    const { check } = await diagnoseBot(
      judging(() => 401),
      {},
    )
    expect(check('signature')).toMatchObject({ ok: true, remedy: null })
  })

  it.each<[string, RequestListener, string]>([
    ['adds to the challenge', (_, response) => response.end('"abc"'), 'something else'],
    ['wraps the challenge', ({ url }, response) => response.end(`<p>${url}</p>`), 'more than the text'],
    ['refuses it', (_, response) => response.writeHead(403).end(), 'answers 403'],
    ['has another path', (_, response) => response.writeHead(404).end(), '`--path`'],
    ['cuts the connection', ({ socket }) => socket.destroy(), 'gave no answer'],
  ])('warns when it %s', async (_, listener, message) => {
    const { check } = await diagnoseBot(listener)
    expect(check('challenge')).toMatchObject({
      ok: true,
      message: expect.stringContaining(message),
      remedy: expect.any(String),
    })
  })

  it('does not wait long for one that hangs', async () => {
    const { check } = await diagnoseBot(() => undefined)
    expect(check('challenge').message).toContain('no answer within 2 s')
    expect(check('signature').message).toContain('no answer within 2 s')
  })

  it('warns of one that is ended by a delivery without a signature', async () => {
    const port = await freePort()
    const bot = spawn(process.execPath, [join(PROGRAMS, 'fragile.js')], {
      env: { PORT: String(port) },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => void bot.kill('SIGKILL'))
    await once(bot.stdout, 'data')
    const { check } = await diagnose({ env: { PORT: String(port), APIHOST: 'http://127.0.0.1:1' } })
    expect(check('challenge')).toMatchObject({ ok: true, remedy: null })
    expect(check('signature')).toMatchObject({ ok: true, message: expect.stringContaining('ends the bot') })
  })
})
