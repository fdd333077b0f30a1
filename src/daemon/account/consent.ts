// The remembered consent for a bot: which webhook of somebody else's a person has let dev-hook point here.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrivateFile } from '../../core/files/private-file.ts'
import { isRecord, textIn } from '../../core/json.ts'

/** A yes to one URL, which holds for the next runs too. */
export interface Consent {
  /** Without credentials. */
  readonly url: string
  /** When it was given, in ISO 8601; `null` for one that was remembered without it. */
  readonly since: string | null
  /** It was given to a run with `--only`, which passes on what it does not match. */
  readonly only: boolean
}

const fileIn = (folder: string): string => join(folder, 'consent.json')

/** Reads the yes that is remembered in a bot's state folder; `null` where there is none, or it cannot be read. */
export async function readConsent(folder: string): Promise<Consent | null> {
  try {
    const consent: unknown = JSON.parse(await readFile(fileIn(folder), 'utf8'))
    if (!isRecord(consent)) return null
    const url = textIn(consent, 'url')
    const since = new Date(textIn(consent, 'since') ?? Number.NaN)
    return url === null
      ? null
      : { url, since: Number.isNaN(since.getTime()) ? null : since.toISOString(), only: consent['only'] === true }
  } catch {
    // Missing or damaged: it is asked again.
    return null
  }
}

/** Remembers a yes in place of an earlier one. */
export const writeConsent = (folder: string, consent: Consent): Promise<void> =>
  writePrivateFile(fileIn(folder), `${JSON.stringify(consent)}\n`)

/** Forgets the yes of a bot: the next run asks again. */
export const forgetConsent = (folder: string): Promise<void> => rm(fileIn(folder), { force: true })
