// Whether this run may claim a registration, given whose it is.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import { writePrivateFile } from '../../core/files.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { type Emit, warning } from '../../core/notices.ts'
import type { Owner } from '../../core/ports.ts'

export interface ClaimRequest {
  readonly owner: Owner
  readonly takeOver: boolean
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
      if (takeOver) return
      throw new DevHookError(
        'taken',
        `the webhook belongs to another dev-hook that is running: ${owner.who ?? withoutCredentials(owner.url)}`,
      )
    case 'somebody':
      if (takeOver || (await isPermitted(request, owner.url, signal))) return
      throw new DevHookError('taken', `the webhook points to ${withoutCredentials(owner.url)}, which is not dev-hook’s`)
    default:
  }
}

const CONSENT = 'consent.json'

/** Asks once for each URL: a yes to the production webhook of a bot holds for the next runs too. */
async function isPermitted({ ask, folder, emit }: ClaimRequest, url: string, signal: AbortSignal): Promise<boolean> {
  const shown = withoutCredentials(url)
  const file = join(folder, CONSENT)
  if ((await readConsent(file)) === shown) return true
  if (ask === null) return false
  const question = `The webhook points to ${shown}. Point it here, and put it back when you quit?`
  emit({ type: 'asking', question })
  const yes = await ask(question, signal)
  if (yes) await writePrivateFile(file, `${JSON.stringify({ url: shown })}\n`)
  return yes
}

async function readConsent(file: string): Promise<string | null> {
  try {
    const consent: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof consent !== 'object' || consent === null || !('url' in consent)) return null
    return typeof consent.url === 'string' ? consent.url : null
  } catch {
    // Missing or damaged: it is asked again.
    return null
  }
}
