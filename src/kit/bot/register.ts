// The bot's webhook: registered at the platform, and verified.
import { withDeadline } from '../../core/async.ts'
import { DevHookError } from '../../core/errors.ts'
import { withChallenge } from '../../protocol/challenge.ts'
import { ApiError } from '../../sandbox/api-error.ts'
import type { Sandbox as Platform } from '../../sandbox/sandbox.ts'
import type { KitConfig } from '../options.ts'

/** Registers a webhook, and throws `notVerified` when nobody at its URL answers the challenge. */
export async function register(
  platform: Platform,
  { events, secret }: Pick<KitConfig, 'events' | 'secret'>,
  url: string,
): Promise<void> {
  try {
    await platform.changeRegistration({ url, events, secret, status: 'active' })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
  }
  if (platform.registration()?.['status'] === 'active') return
  throw new DevHookError(
    'notVerified',
    `the bot at ${url} did not answer the platform's challenge: ${await answerOf(url)}`,
    {
      remedy:
        'answer `GET ?type=subscribe&challenge=…` with the challenge, as chipchat does, under the `path` of the sandbox',
    },
  )
}

const PROBE_MS = 2_000

/** What a bot answers to a challenge, as part of a sentence. */
async function answerOf(url: string): Promise<string> {
  try {
    const { status } = await withDeadline([], { ms: PROBE_MS, reason: 'no answer' }, (signal) =>
      fetch(withChallenge(url, 'challenge'), { signal, redirect: 'manual' }),
    )
    return `it answered ${status}${status === 200 ? ' with something else' : ''}`
  } catch {
    // What exactly went wrong does not matter: nothing came back.
    return 'nothing came back'
  }
}
