// The bot on its port: that it listens, and how it would do in production, without a dev-hook in front of it.
import { randomBytes } from 'node:crypto'
import { lookAtPort, waitForPortFree } from '../../bot/readiness.ts'
import type { Config } from '../../config/load.ts'
import { targetUrl } from '../../config/target.ts'
import { ERRORS, messageOf } from '../../core/errors.ts'
import { createTransport, type Exchange } from '../../platform/api/transport.ts'
import { challengeSearch } from '../../protocol/challenge.ts'
import { SIGNATURE_HEADERS, signatureHeaders } from '../../protocol/signature.ts'
import type { Facts } from '../facts.ts'
import { type Finding, needs, notable, well } from '../finding.ts'

export async function checkPort(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const { target } = await needs('config', facts.config())
  const look = await lookAtPort(target, signal)
  if (look === 'open') return well(`something listens on ${target.host}:${target.port}`)
  const state = look === 'closed' ? 'nothing listens' : 'nothing answers'
  return notable(`${state} on ${target.host}:${target.port} yet`, ERRORS.botNotListening.remedy)
}

const DOWN = well('not tried: the bot is not up')

export async function checkChallenge(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const { target } = await needs('config', facts.config())
  if ((await lookAtPort(target, signal)) !== 'open') return DOWN
  const challenge = randomBytes(12).toString('hex')
  const answer = await ask(
    target,
    { method: 'GET', search: challengeSearch(challenge), headers: {}, body: null },
    signal,
  )
  if (answer.status === 200 && answer.text === challenge) return well('the bot answers it itself')
  return notable(
    `the bot does not answer it: ${whatInstead(answer, challenge, target.path)}`,
    'nothing while dev-hook runs, which answers it; in production, answer GET ?challenge=… with exactly that text',
  )
}

function whatInstead({ status, text }: Answer, challenge: string, path: string): string {
  if (status === null) return text
  if (status === 404) return `${path} is not found there; its path may be another one (\`--path\`)`
  if (status !== 200) return `it answers ${status}`
  return text.includes(challenge) ? 'it answers more than the text of the challenge' : 'it answers something else'
}

/** An event that no bot waits for: chipchat takes it, and no handler of a person hears of it. */
const HARMLESS = Buffer.from(JSON.stringify({ event: 'devhook.doctor', activity: {}, data: {} }))

export async function checkSignatures(facts: Facts, signal: AbortSignal): Promise<Finding> {
  const { target, secret } = await needs('config', facts.config())
  if ((await lookAtPort(target, signal)) !== 'open') return DOWN
  const deliver = (key: string | null): Promise<Answer> => {
    const signature = key === null ? {} : signatureHeaders(HARMLESS, key)
    const headers = { 'content-type': 'application/json', ...signature }
    return ask(target, { method: 'POST', search: '', headers, body: HARMLESS.toString() }, signal)
  }
  const right = secret === null ? null : await deliver(secret)
  const wrong = await deliver(randomBytes(16).toString('hex'))
  // The last one: a bot that throws when the signature is missing is gone then.
  const missing = await deliver(null)
  // A process that dies of it has its port for a moment longer.
  const died = missing.status === null && (await waitForPortFree(target, DYING_MS, signal))
  return judge({ right, wrong, missing, died })
}

interface Deliveries {
  readonly right: Answer | null
  readonly wrong: Answer
  readonly missing: Answer
  readonly died: boolean
}

function judge({ right, wrong, missing, died }: Deliveries): Finding {
  if (died) {
    return notable(
      'a delivery without a signature ends the bot',
      'nothing while dev-hook runs, which refuses those; in production, anybody who knows the URL can end it',
    )
  }
  if (right !== null && !taken(right)) {
    return notable(
      `the bot does not take a delivery that is signed with SECRET: ${said(right)}`,
      'give the bot the same SECRET; if it only refuses events that it does not know, nothing',
    )
  }
  if (taken(missing)) {
    return notable(
      'the bot takes deliveries without a signature: it does not check them, or has no SECRET',
      'nothing while dev-hook runs, which checks; in production, give the bot the secret of its webhook',
    )
  }
  if (taken(wrong)) {
    return notable(
      'the bot refuses a missing signature, but processes a wrong one, as chipchat does',
      `nothing while dev-hook runs, which refuses those; in production, check ${SIGNATURE_HEADERS} before chipchat`,
    )
  }
  return well('the bot refuses a missing and a wrong signature')
}

const taken = ({ status }: Answer): boolean => status !== null && status >= 200 && status < 300
const said = ({ status, text }: Answer): string => (status === null ? text : `it answers ${status}`)

interface Answer {
  /** `null` when there was none; `text` then says why. */
  readonly status: number | null
  readonly text: string
}

type Question = Pick<Exchange, 'method' | 'headers' | 'body'> & { readonly search: string }

const PATIENCE_MS = 2_000
const DYING_MS = 1_000

async function ask(target: Config['target'], question: Question, signal: AbortSignal): Promise<Answer> {
  const { origin, pathname } = new URL(targetUrl(target))
  const transport = createTransport(origin, { timeoutMs: PATIENCE_MS, proxy: null })
  const { search, ...rest } = question
  try {
    const { status, text } = await transport.send({ ...rest, path: pathname + search }, signal)
    return { status, text }
  } catch (error) {
    return { status: null, text: `it gave no answer (${messageOf(error)})` }
  } finally {
    await transport.close()
  }
}
