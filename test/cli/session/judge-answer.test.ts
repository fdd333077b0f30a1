import { describe, expect, it } from 'vitest'
import { type Heard, judgeAnswer, QUIET_MS } from '../../../src/cli/session/judge-answer.ts'

const TIMEOUT_MS = 20_000
const OK = { outcome: 'answered', status: 200 } as const
const READY = { state: 'ready', pid: 1, code: null, port: 3000 } as const
const HEARD: Heard = {
  ms: 5_000,
  quietMs: QUIET_MS,
  unseen: 0,
  messages: 1,
  event: 'message.create.contact.chat',
  refusal: null,
  attempt: OK,
  bot: READY,
}

/** What is made of it: a verdict, or the code and text of the error. */
function judged(changes: Partial<Heard>): string {
  const verdict = judgeAnswer({ ...HEARD, ...changes }, TIMEOUT_MS)
  return verdict instanceof Error ? `${verdict.code}: ${verdict.message}` : verdict
}

describe('The answer to a contact', () => {
  it('is complete when the delivery is answered and nothing more has come for a second', () => {
    expect(judged({})).toBe('complete')
    expect(judged({ messages: 7 })).toBe('complete')
    expect(judged({ quietMs: QUIET_MS - 1 })).toBe('waiting')
    expect(judged({ attempt: null })).toBe('waiting')
    expect(judged({ messages: 0 })).toBe('waiting')
  })

  it('is complete without a word to whom the bot need not answer', () => {
    const quiet = (changes: Partial<Heard>) => judgeAnswer({ ...HEARD, messages: 0, ...changes }, TIMEOUT_MS, false)
    expect(quiet({})).toBe('complete')
    expect(quiet({ event: null, attempt: null })).toBe('complete')
    expect(quiet({ attempt: null })).toBe('waiting')
    expect(quiet({ quietMs: QUIET_MS - 1 })).toBe('waiting')
  })

  it('is complete also when the bot has spoken, and then refused the delivery', () => {
    expect(judged({ attempt: { outcome: 'answered', status: 500 } })).toBe('complete')
  })

  it.each([
    [
      { bot: { ...READY, state: 'crashed', code: 1 } },
      'BOT_CRASHED: the bot crashed (exit code 1) before it had answered',
    ],
    [
      { bot: { ...READY, state: 'crashed', code: 'SIGKILL' } },
      'BOT_CRASHED: the bot crashed (SIGKILL) before it had answered',
    ],
    [
      { bot: { ...READY, state: 'stopped', code: 0 } },
      'BOT_CRASHED: the bot ended (exit code 0) before it had answered',
    ],
    [
      { bot: { ...READY, state: 'starting', pid: null } },
      'BOT_NOT_LISTENING: nothing listens on port 3000, so nobody can answer',
    ],
    [
      { refusal: 'dev-hook refused the delivery with 413: the body is too large', attempt: null, quietMs: 0 },
      'NO_REPLY: dev-hook refused the delivery with 413: the body is too large',
    ],
    [{ event: null }, 'NO_REPLY: the bot does not hear contacts: its webhook subscribes to other events'],
    [
      { attempt: { outcome: 'answered', status: 500 } },
      'NO_REPLY: the bot answered the delivery with 500, and it said nothing',
    ],
    [
      { attempt: { outcome: 'interrupted', status: null } },
      'NO_REPLY: the connection to the bot broke before it had answered the delivery, and it said nothing',
    ],
  ] satisfies [Partial<Heard>, string][])('will not come, long before the time is over: %j', (changes, expected) => {
    expect(judged({ messages: 0, ...changes })).toBe(`DEVHOOK_${expected}`)
  })

  it.each([
    [{ messages: 0 }, 'NO_REPLY: the bot answered the delivery with 200, but said nothing within 20s'],
    [
      { messages: 0, unseen: 2 },
      "NO_REPLY: the bot answered the delivery with 200, but wrote 2 messages that the contact does not see, nothing with `role: 'agent'` within 20s",
    ],
    [{ messages: 0, attempt: null }, 'NO_REPLY: the bot did not answer the delivery within 20s'],
    [
      { messages: 0, attempt: null, bot: { ...READY, state: 'starting' } },
      'BOT_NOT_LISTENING: the bot did not listen on port 3000 within 20s',
    ],
    [{ attempt: null }, 'NO_REPLY: the bot did not finish its answer within 20s: it has not answered the delivery'],
    [{ quietMs: 10 }, 'NO_REPLY: the bot did not finish its answer within 20s: it was not quiet for a second'],
  ] satisfies [Partial<Heard>, string][])('has not come in time: %j', (changes, expected) => {
    expect(judged(changes)).toBe('waiting')
    expect(judged({ ...changes, ms: TIMEOUT_MS })).toBe(`DEVHOOK_${expected}`)
  })

  it('waits a moment for a bot that somebody else has just started', () => {
    expect(judged({ messages: 0, attempt: null, ms: 500, bot: { ...READY, state: 'starting', pid: null } })).toBe(
      'waiting',
    )
  })
})
