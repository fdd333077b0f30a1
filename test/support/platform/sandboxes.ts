// Sandboxes, bots and API calls for tests, closed after each test.
import { onTestFinished } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/options.ts'
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts'
import { type EchoBot, startEchoBot } from '../bot/echo-bot.ts'
import { startRecordingBot } from '../bot/recording-bot.js'

/**
 * A sandbox that is closed when the test ends. It repeats deliveries quickly, and its bot is in every conversation and may do
 * everything, so that a test is about nothing but its subject.
 */
export async function sandboxForTest(options: SandboxOptions = {}): Promise<Sandbox> {
  const retry = { firstMs: 20, factor: 2, maxMs: 100, forMs: 20_000, ...options.retry }
  const sandbox = await openSandbox({ rateLimit: 1_000, scope: 'admin', arrival: 'joined', ...options, retry })
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** A recording bot that is closed when the test ends. */
export async function recordingBotForTest(
  ...options: Parameters<typeof startRecordingBot>
): ReturnType<typeof startRecordingBot> {
  const bot = await startRecordingBot(...options)
  onTestFinished(() => bot.close())
  return bot
}

/** The echo bot, connected to a sandbox and killed when the test ends. */
export async function echoBotForTest(sandbox: Sandbox, env: Readonly<Record<string, string>> = {}): Promise<EchoBot> {
  const { api, token, refreshToken, email } = sandbox
  const secret = sandbox.secret()
  const own = { APIHOST: api, TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email }
  const bot = await startEchoBot({ ...own, ...(secret === null ? {} : { SECRET: secret }), ...env })
  onTestFinished(() => bot.stop())
  return bot
}

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown
}

/** Calls the API of a sandbox with its token. */
export async function callApi(
  sandbox: Pick<Sandbox, 'api' | 'token'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<ApiAnswer> {
  const response = await fetch(new URL(path, sandbox.api), {
    method,
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = text !== '' && response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}
