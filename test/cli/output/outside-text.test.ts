import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCheckJson, createCheckLines } from '../../../src/cli/output/check-lines.ts'
import { startOutput } from '../../../src/cli/output/output.ts'
import { problemLines } from '../../../src/cli/output/problem-lines.ts'
import type { LineToCome } from '../../../src/cli/output/write-buffer.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { createNotices, type NoticeBody, type NoticeType } from '../../../src/core/notices.ts'
import { createRedactor } from '../../../src/core/text/redact.ts'
import { failed, warned } from '../../../src/doctor/finding.ts'
import { folderForTest } from '../../support/folder.ts'
import { EVERYTHING, expectHarmless, HOSTILE } from '../../support/outside-text.ts'

/** Every notice with this text wherever something from outside may stand. What a bot prints is its own. */
const noticesWith = (
  text: string,
): { readonly [T in Exclude<NoticeType, 'bot-output'>]: NoticeBody & { readonly type: T } } => ({
  starting: { type: 'starting', version: '1', step: 'claim' },
  ready: {
    type: 'ready',
    url: text,
    target: text,
    inspector: text,
    tokenFile: '/x',
    api: text,
    kind: 'bot',
    before: { url: `https://a:b@${text}`, events: [text], status: text },
    events: [text],
    passesTo: text,
    steps: [{ name: text, ms: 1 }],
    pid: 1,
    relay: { is: 'developer', broker: text, name: text, relay: text },
  },
  delivery: { type: 'delivery', id: 'd', event: text, conversation: text, text, from: text, bytes: 1 },
  replay: { type: 'replay', id: 'd', event: text, conversation: text, text, bytes: 1, edited: true },
  held: { type: 'held', id: 'd', reason: text },
  released: { type: 'released', id: 'd', ms: 1 },
  acknowledged: { type: 'acknowledged', id: 'd', ms: 1 },
  attempt: { type: 'attempt', id: 'd', n: 1, outcome: 'answered', status: 200, ms: 1 },
  passed: { type: 'passed', id: 'd', status: 502, ms: 1, reason: text },
  routed: { type: 'routed', id: 'd', to: text, how: 'held' },
  developer: { type: 'developer', name: text, who: text, state: 'gone', held: 1 },
  broker: { type: 'broker', state: 'online' },
  rejected: { type: 'rejected', id: 'd', reason: 'signature-wrong', status: 401, detail: text },
  bot: { type: 'bot', state: 'crashed', pid: 1, port: 1, code: text, ms: 1, lines: [text], reason: text },
  tunnel: { type: 'tunnel', state: 'online', url: text },
  registration: { type: 'registration', state: 'manual', kind: 'manual', url: text, events: [text] },
  asking: { type: 'asking', question: text },
  consent: { type: 'consent', url: text, since: text },
  restored: { type: 'restored', result: 'restored' },
  sandbox: {
    type: 'sandbox',
    api: text,
    token: text,
    refreshToken: text,
    logins: [text],
    startsBot: false,
    chaos: { words: 'drop=1', seed: 1 },
  },
  message: {
    type: 'message',
    role: 'bot',
    name: text,
    text,
    id: 'm',
    conversation: 'c',
    elsewhere: text,
    kind: text,
    lines: [text],
    buttons: [{ text, uri: text }],
  },
  call: { type: 'call', method: text, path: text, status: 404, message: text },
  warning: { type: 'warning', code: 'DEVHOOK_X', message: text, remedy: text },
  error: { type: 'error', code: 'DEVHOOK_X', message: text, remedy: text },
  stopped: {
    type: 'stopped',
    deliveries: 1,
    delivered: 1,
    held: 0,
    longestHoldMs: 0,
    undelivered: 0,
    interrupted: 0,
    unrouted: 0,
    passed: 0,
    ignored: 0,
    restored: 'restored',
    failure: null,
  },
  chaos: { type: 'chaos', word: 'drop', message: text, seed: 1 },
})

/** What a run prints and logs of some notices. */
async function printed(bodies: readonly NoticeBody[], given: { readonly json?: boolean; readonly verbose?: boolean }) {
  const folder = await folderForTest()
  const env = { NO_COLOR: '1' }
  const loaded = await loadConfig(
    { verbose: given.verbose ?? false },
    {
      cwd: folder,
      env,
      platform: 'linux',
      sourceOf: (key) => key,
    },
  )
  const lines: string[] = []
  const io = {
    out: (line: string) => void lines.push(line),
    live: (line: LineToCome) => void lines.push(typeof line === 'string' ? line : line()),
    err: (line: string) => void lines.push(line),
    env,
    outIsTerminal: true,
    errIsTerminal: true,
    columns: () => 80,
  }
  const config = { config: loaded, json: given.json ?? false, redactor: createRedactor() }
  for (const body of bodies) {
    const notices = createNotices()
    const end = startOutput(config, io, notices, folder)
    notices.emit(body)
    // More than a moment's output of a run, of which the log drops what the disk does not keep up with.
    await end()
  }
  return { lines, log: await readFile(join(folder, 'dev-hook.log'), 'utf8') }
}

const WAYS = { 'the terminal': {}, '`--verbose`': { verbose: true }, '`--json`': { json: true } } as const

describe.each(Object.keys(HOSTILE))('With %s in it, a notice', (what) => {
  const bodies = Object.values(noticesWith(`x ${HOSTILE[what] ?? ''} y`))

  it.each(Object.entries(WAYS))('of any type is harmless on %s, and in the log', async (_, way) => {
    const { lines, log } = await printed(bodies, way)
    expect(lines.length).toBeGreaterThan(15)
    for (const line of lines) {
      expectHarmless(line)
      expect(line).not.toContain('\n')
    }
    expectHarmless(log)
    expect(
      log
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    ).toContain('warning')
  })
})

describe('What a stranger sends', () => {
  it('is no line of an error, nor of its remedy', () => {
    const lines = problemLines('error', { code: 'DEVHOOK_X', lines: [EVERYTHING, EVERYTHING], remedy: EVERYTHING })
    expect(lines).toHaveLength(3)
    lines.forEach(expectHarmless)
  })

  it('is no line of what a doctor found', () => {
    for (const finding of [
      failed('failed', EVERYTHING, EVERYTHING),
      { ...warned(EVERYTHING, EVERYTHING), more: [EVERYTHING] },
    ]) {
      const lines: string[] = []
      const write = (line: string): void => void lines.push(line)
      const redact = (text: string): string => text
      createCheckJson(write, redact)('api', finding)
      createCheckLines({ write, color: false, quiet: false, columns: Number.POSITIVE_INFINITY, redact })('api', finding)
      expect(lines.join('\n').split('\n')).toHaveLength('more' in finding ? 4 : 3)
      lines.forEach(expectHarmless)
    }
  })
})
