// What a token says about itself, and how it is renewed.
import { setMaxListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DevHookError } from '../../../src/core/errors.ts'
import { readToken } from '../../../src/platform/api/token.ts'
import { createTokenSource, type TokenOptions, type TokenPair } from '../../../src/platform/api/token-source.ts'
import { makeToken } from '../../support/platform/tokens.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000
const bot = { _id: 'b1', organization: 'o1', scope: 'viewer guest agent bot', grant_type: 'access_token' }
const token = (expiresInMs: number | null, more: object = {}): string =>
  makeToken({ ...bot, ...(expiresInMs === null ? {} : { exp: (NOW + expiresInMs) / 1_000 }), ...more })
const { signal } = new AbortController()
// Fifty callers wait on it at once.
setMaxListeners(0, signal)

const kindOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof DevHookError) return error.code
    throw error
  }
  return 'nothing thrown'
}

describe('readToken', () => {
  it('reads the claims of an access token', () => {
    expect(readToken(` ${token(HOUR)}\n`)).toEqual({
      id: 'b1',
      organization: 'o1',
      scope: ['viewer', 'guest', 'agent', 'bot'],
      expiresAt: NOW + HOUR,
    })
  })

  it('takes a token without exp for one that does not expire', () => {
    expect(readToken(token(null)).expiresAt).toBeNull()
  })

  it('refuses a refresh token, and says so', () => {
    expect(kindOf(() => readToken(makeToken({ grant_type: 'refresh_token' })))).toBe('DEVHOOK_TOKEN_KIND')
  })

  it('refuses everything that is not a token, without quoting it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}$/)), (text) => {
        try {
          readToken(text)
        } catch (error) {
          expect(error).toBeInstanceOf(DevHookError)
          expect(String(error)).toBe('DevHookError: TOKEN is not a JSON Web Token')
        }
      }),
    )
    expect(kindOf(() => readToken('94c70d470e391bdc16a8d8363b5d4891'))).toBe('DEVHOOK_TOKEN_MALFORMED')
  })
})

interface Setup extends Partial<TokenOptions> {
  readonly answers?: readonly (() => unknown)[]
}

function setUp({ answers = [], ...options }: Setup) {
  const asked: unknown[] = []
  const left = [...answers]
  let now = NOW
  const source = createTokenSource(
    { token: token(HOUR), ...options },
    async (body) => {
      asked.push(body)
      await new Promise(setImmediate)
      return left.shift()?.()
    },
    { now: () => now, elapsed: () => now },
  )
  return {
    source,
    asked,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const fails = (error: DevHookError) => () => {
  throw error
}
const busy = fails(new DevHookError('apiFailed', 'POST /v2/auth/token answered 503'))
const no = fails(new DevHookError('apiRefused', 'POST /v2/auth/token answered 400: no'))

describe('the token source', () => {
  it('leaves a token alone that is good for more than five minutes', async () => {
    const { source, asked } = setUp({ refreshToken: 'refresh' })
    await source.current(signal)
    expect(asked).toEqual([])
  })

  it('refreshes before expiry with the e-mail of the bot, and tells the new tokens', async () => {
    const told: TokenPair[] = []
    const { source, asked } = setUp({
      token: token(4 * 60_000),
      refreshToken: 'first',
      onTokens: (tokens) => void told.push(tokens),
      answers: [() => ({ token: token(HOUR), refreshToken: 'second' })],
    })
    expect(await source.current(signal)).toBe(token(HOUR))
    expect(asked).toEqual([{ clientId: 'bot+b1@web1on1.chat', refreshToken: 'first' }])
    expect(told).toEqual([{ token: token(HOUR), refreshToken: 'second' }])
  })

  it('keeps a rotated refresh token, and the old one when none comes back', async () => {
    const { source, asked, pass } = setUp({
      refreshToken: 'first',
      email: 'me@example.com',
      answers: [() => ({ token: token(2 * HOUR), refreshToken: 'second' }), () => ({ token: token(3 * HOUR) }), no],
    })
    for (const _ of [1, 2, 3]) {
      pass(HOUR)
      await source.current(signal).catch(() => {})
    }
    const clientId = 'me@example.com'
    expect(asked).toEqual(['first', 'second', 'second'].map((refreshToken) => ({ clientId, refreshToken })))
  })

  it('asks once for everybody who waits', async () => {
    const { source, asked } = setUp({
      token: token(-1),
      refreshToken: 'r',
      answers: [() => ({ token: token(HOUR) })],
    })
    const tokens = await Promise.all(Array.from({ length: 50 }, () => source.current(signal)))
    expect(new Set(tokens)).toEqual(new Set([token(HOUR)]))
    expect(asked).toHaveLength(1)
  })

  it('renews once for everybody whose token was refused', async () => {
    const old = token(HOUR)
    const { source, asked } = setUp({ refreshToken: 'r', answers: [() => ({ token: token(2 * HOUR) })] })
    const tokens = await Promise.all(Array.from({ length: 50 }, () => source.renew(old, NOW, signal)))
    expect(await source.renew(old, NOW, signal)).toBe(token(2 * HOUR))
    expect(new Set(tokens)).toEqual(new Set([token(2 * HOUR)]))
    expect(asked).toHaveLength(1)
  })

  it('takes a refused refresh as final: it is never asked again', async () => {
    const { source, asked } = setUp({ token: token(-1), refreshToken: 'r', answers: [no, no, no] })
    for (const _ of [1, 2, 3]) {
      expect(await source.current(signal)).toBe(token(-1))
      await expect(source.renew(token(-1), NOW, signal)).rejects.toMatchObject({ code: 'DEVHOOK_CREDENTIALS_REFUSED' })
    }
    expect(asked).toHaveLength(1)
  })

  it('takes an answer without a usable token as a refusal', async () => {
    for (const answer of [{}, null, { token: 'opaque' }, { token: makeToken({ grant_type: 'refresh_token' }) }]) {
      const { source } = setUp({ token: token(-1), refreshToken: 'r', answers: [() => answer] })
      const renewed = source.renew(token(-1), NOW, signal)
      await expect(renewed).rejects.toMatchObject({ code: 'DEVHOOK_CREDENTIALS_REFUSED' })
    }
  })

  it('uses the old token as long as it is taken when the platform is too busy to refresh it', async () => {
    const { source, asked, pass } = setUp({ token: token(2 * 60_000), refreshToken: 'r', answers: [busy, busy, busy] })
    expect(await source.current(signal)).toBe(token(2 * 60_000))
    expect(await source.current(signal)).toBe(token(2 * 60_000))
    expect(asked).toHaveLength(1)
    pass(3 * 60_000)
    expect(await source.current(signal)).toBe(token(2 * 60_000))
    expect(asked).toHaveLength(2)
    const renewed = source.renew(token(2 * 60_000), NOW, signal)
    await expect(renewed).rejects.toMatchObject({ code: 'DEVHOOK_API_FAILED' })
  })

  it('does not refresh again and again because the clock of this machine runs ahead', async () => {
    const { source, asked } = setUp({ token: token(-1), refreshToken: 'r', answers: [() => ({ token: token(-2) })] })
    for (const _ of [1, 2, 3]) expect(await source.current(signal)).toBe(token(-2))
    expect(asked).toHaveLength(1)
  })

  it('leaves it to the platform whether a token has expired that has no refresh token', async () => {
    const { source } = setUp({ token: token(-1) })
    expect(await source.current(signal)).toBe(token(-1))
    const renewed = source.renew(token(-1), NOW, signal)
    await expect(renewed).rejects.toThrow('expired, and there is no refresh token')
    expect(await source.renew(token(-1), NOW - HOUR, signal)).toBeNull()
  })

  it('lets one caller leave while the refresh goes on for the others', async () => {
    const { source, asked } = setUp({
      token: token(-1),
      refreshToken: 'r',
      answers: [() => ({ token: token(HOUR) })],
    })
    const leaving = new AbortController()
    const left = source.current(leaving.signal)
    const stayed = source.current(signal)
    leaving.abort(new Error('leaving'))
    await expect(left).rejects.toThrow('leaving')
    expect(await stayed).toBe(token(HOUR))
    expect(asked).toHaveLength(1)
  })
})
