// Whether this run may claim a registration, given whose it is.
import { DevHookError } from '../../core/errors.ts'
import { withoutCredentials, withoutValues } from '../../core/hook-url.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Owner } from '../../core/ports.ts'
import { readConsent, writeConsent } from '../account/consent.ts'

export interface ClaimRequest {
  readonly owner: Owner
  readonly takeOver: boolean
  /** Whether the registration is put back at the end. */
  readonly restore: boolean
  /** Whether only some events are taken, and the others go on to where the webhook points. */
  readonly only: boolean
  /** Asks the person at the terminal; `null` where there is none. */
  readonly ask: ((question: string, signal: AbortSignal) => Promise<boolean>) | null
  /** The bot's state folder, in which a yes is remembered. */
  readonly folder: string
  readonly emit: Emit
}

/** Returns when the claim may go ahead; throws `taken` when it may not. */
export async function permitClaim(request: ClaimRequest, signal: AbortSignal): Promise<void> {
  const { owner, takeOver, emit } = request
  switch (owner.is) {
    case 'nobody':
    case 'us':
      return
    case 'dev-hook':
      if (!owner.answers) {
        const url = withoutCredentials(owner.url)
        emit(
          warning(
            'takenOverDead',
            `the webhook points to another dev-hook (${url}) that no longer answers; it is replaced`,
          ),
        )
        return
      }
      if (takeOver || owner.join?.refusal === null) return
      throw takenBy(owner.who ?? withoutCredentials(owner.url), owner.join?.refusal ?? null)
    case 'somebody':
      if (takeOver || (await isPermitted(request, owner.url, signal))) return
      throw new DevHookError('taken', `the webhook points to ${withoutCredentials(owner.url)}, which is not dev-hook’s`)
    default:
  }
}

function takenBy(who: string, refusal: string | null): DevHookError {
  if (refusal === null)
    return new DevHookError('taken', `the webhook belongs to another dev-hook that is running: ${who}`)
  const message = `the webhook belongs to another dev-hook, ${who}, which does not let this one stand in front of it: ${refusal}`
  return new DevHookError('taken', message)
}

/** Asks once for each URL: a yes to the production webhook of a bot holds for the next runs too. */
async function isPermitted(request: ClaimRequest, url: string, signal: AbortSignal): Promise<boolean> {
  const { ask, folder, emit, restore, only } = request
  const without = withoutCredentials(url)
  const consent = await readConsent(folder)
  // A yes to losing some events is not one to losing all of them.
  if (consent?.url === without && (only || !consent.only)) {
    emit({ type: 'consent', url: withoutValues(without), since: consent.since })
    return true
  }
  if (ask === null) return false
  const question = `The webhook points to ${withoutValues(without)}. ${questionOf(only, restore)}`
  emit({ type: 'asking', question })
  const yes = await ask(question, signal)
  if (yes) await writeConsent(folder, { url: without, since: new Date().toISOString(), only })
  return yes
}

function questionOf(only: boolean, restore: boolean): string {
  if (only) return restore ? PASSED : `${PASSED_ON} after you quit, that server gets none at all. ${LEAVE}`
  return restore ? RESTORED : LEFT
}

const LEAVE = 'Point it here, and leave it so?'
const PASSED_ON = 'Events that `--only` does not match go on there until you quit;'
const PASSED = 'Events that `--only` does not match go on there. Point it here, and put it back when you quit?'
const RESTORED = 'Until you quit, that server gets no events. Point it here, and put it back when you quit?'
const LEFT = 'That server gets no events from now on, after you quit either. Point it here, and leave it so?'
