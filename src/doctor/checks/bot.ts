// Checks of the bot on its port: whether it listens, and how it would do in production, where no dev-hook stands before it.
import { randomBytes } from 'node:crypto'
import { listeningHost, portReadiness, portStateOf } from '../../bot/port-readiness.ts'
import { untilVacant } from '../../bot/readiness.ts'
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { ERRORS, messageOf } from '../../core/errors.ts'
import { type BotAccess, botAccess } from '../../daemon/traffic/bot-access.ts'
import { searchWith } from '../../delivery/forwarder.ts'
import { createTransport, type Exchange } from '../../platform/api/transport.ts'
import { challengeSearch } from '../../protocol/challenge.ts'
import { signatureHeaders } from '../../protocol/signature.ts'
import { SIGNATURE_HEADERS } from '../../protocol/signature-schemes.ts'
import type { Facts } from '../facts.ts'
import { type Finding, needs, notTried, passed, warned } from '../finding.ts'

export async function checkPort(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const { target } = await needs('config', facts.config())
  const state = await portStateOf(target, signal)
  if (state === 'open') return passed(`something listens on ${target.host}:${target.port}`)
  const what = state === 'closed' ? 'nothing listens' : 'nothing answers'
  return warned(`${what} on ${target.host}:${target.port} yet`, ERRORS.botNotListening.remedy)
}

/** A bot that is up: the address at which it listens, and what it expects of the platform. */
type BotUp = Config['target'] & BotAccess

/** `null` when it is not up. */
async function botUp(facts: Facts, signal: AbortSignal): Promise<BotUp | null> {
  const config = await needs('config', facts.config())
  const host = await listeningHost(config.target, signal)
  if (host === null) return null
  // What keeps it from being found is told by other checks.
  const found = await facts.webhook().catch(() => null)
  const url = found !== null && 'reading' in found ? found.reading.registered.url : null
  return { ...config.target, host, ...botAccess(config, url) }
}

const DOWN = notTried('not tried: the bot is not up')

export async function checkChallenge(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const target = await botUp(facts, signal)
  if (target === null) return DOWN
  const challenge = randomBytes(12).toString('hex')
  const answer = await send(
    target,
    { method: 'GET', search: challengeSearch(challenge), headers: {}, body: null },
    signal,
  )
  if (answer.status === 200 && answer.text === challenge) return passed('the bot answers it itself')
  return warned(
    `the bot does not answer it: ${whatInstead(answer, challenge, target.path)}`,
    'nothing while dev-hook runs, which answers it; in production, answer GET ?challenge=… with exactly that text',
  )
}

function whatInstead({ status, text }: BotAnswer, challenge: string, path: string): string {
  if (status === null) return text
  if (status === 404) return `${path} is not found there; its path may be another one (\`--path\`)`
  if (status !== 200) return `it answers ${status}`
  return text.includes(challenge) ? 'it answers more than the text of the challenge' : 'it answers something else'
}

/** An event that no bot waits for: chipchat accepts it, and calls no handler. */
const HARMLESS = Buffer.from(JSON.stringify({ event: 'devhook.doctor', activity: {}, data: {} }))

export async function checkSignatures(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const { secret } = await needs('config', facts.config())
  const target = await botUp(facts, signal)
  if (target === null) return DOWN
  const deliver = (key: string | null): Promise<BotAnswer> => {
    const signature = key === null ? {} : signatureHeaders(HARMLESS, key)
    const headers = { 'content-type': 'application/json', ...signature }
    return send(target, { method: 'POST', search: '', headers, body: HARMLESS.toString() }, signal)
  }
  const right = secret === null ? null : await deliver(secret)
  const wrong = await deliver(randomBytes(16).toString('hex'))
  // The last one: a bot that throws when the signature is missing is gone then.
  const missing = await deliver(null)
  // A process that dies of it has its port for a moment longer.
  const died = missing.status === null && (await untilVacant(portReadiness(target), EXIT_WITHIN_MS, signal))
  return judge({ right, wrong, missing, died })
}

/** The bot's answers to a delivery signed with SECRET (`null` when there is none), with another secret, and not at all. */
interface SignatureTrial {
  readonly right: BotAnswer | null
  readonly wrong: BotAnswer
  readonly missing: BotAnswer
  readonly died: boolean
}

function judge({ right, wrong, missing, died }: SignatureTrial): Finding {
  if (died) {
    return warned(
      'a delivery without a signature ends the bot',
      'nothing while dev-hook runs, which refuses those; in production, anybody who knows the URL can end it',
    )
  }
  if (right !== null && !accepts(right)) {
    return warned(
      `the bot does not take a delivery that is signed with SECRET: ${describe(right)}`,
      'give the bot the same SECRET; if it only refuses events that it does not know, nothing',
    )
  }
  if (accepts(missing)) {
    return warned(
      'the bot takes deliveries without a signature: it does not check them, or has no SECRET',
      'nothing while dev-hook runs, which checks; in production, give the bot the secret of its webhook',
    )
  }
  if (accepts(wrong)) {
    return warned(
      'the bot refuses a missing signature, but processes a wrong one, as chipchat does',
      `nothing while dev-hook runs, which refuses those; in production, check ${SIGNATURE_HEADERS} before chipchat`,
    )
  }
  return passed('the bot refuses a missing and a wrong signature')
}

const accepts = ({ status }: BotAnswer): boolean => status !== null && status >= 200 && status < 300
const describe = ({ status, text }: BotAnswer): string => (status === null ? text : `it answers ${status}`)

/** What the bot answered. */
interface BotAnswer {
  /** `null` when there was none; `text` then says why. */
  readonly status: number | null
  readonly text: string
}

type BotRequest = Pick<Exchange, 'method' | 'headers' | 'body'> & { readonly search: string }

const ANSWER_WITHIN_MS = 2_000
const EXIT_WITHIN_MS = 1_000

async function send(target: BotUp, request: BotRequest, signal: AbortSignal): Promise<BotAnswer> {
  const { origin, pathname } = new URL(targetUrl(target))
  const transport = createTransport(origin, { timeoutMs: ANSWER_WITHIN_MS, proxy: null })
  const { search, headers, ...rest } = request
  const { authorization, query } = target
  const own = authorization === null ? {} : { authorization }
  try {
    const path = pathname + searchWith(search, query)
    const { status, text } = await transport.send({ ...rest, path, headers: { ...headers, ...own } }, signal)
    return { status, text }
  } catch (error) {
    return { status: null, text: `it gave no answer (${messageOf(error)})` }
  } finally {
    await transport.close()
  }
}
