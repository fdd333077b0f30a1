// The text of a lock file: who holds a bot, with a checksum, and a copy for when the one or the other is damaged.
import { createHash } from 'node:crypto'
import { isRecord, type Json, omit } from '../core/json.ts'

/** Who holds a bot. */
export interface Holder {
  readonly runId: string
  readonly user: string
  readonly host: string
  readonly pid: number
  /** When the lock was taken; milliseconds since the epoch. */
  readonly started: number
  /** True when the holder is not a run: it only puts back what a dead one has left, and is done soon. */
  readonly restoring: boolean
}

/** What the file says: the holder, which of all locks ever taken this is, and which process with that pid. */
export interface Claim extends Holder {
  readonly token: string
  readonly mark: string | null
}

/** Encodes a claim. The copy comes first, so that one of both is left of a file that was cut short in the second half. */
export function encodeClaim(claim: Claim): string {
  const whole = { ...claim, checksum: checksumOf(claim) }
  return JSON.stringify({ copy: Buffer.from(JSON.stringify(whole)).toString('base64url'), ...whole })
}

/** Decodes the text of a file, or its copy; `null` when both are damaged. */
export function decodeClaim(text: string): Claim | null {
  const copy = /"copy":"([\w-]+)"/.exec(text)?.[1]
  return parse(text) ?? (copy === undefined ? null : parse(Buffer.from(copy, 'base64url').toString()))
}

function parse(text: string): Claim | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? claimIn(value) : null
  } catch {
    // Not JSON: damaged.
    return null
  }
}

function claimIn(file: Json): Claim | null {
  const { checksum, restoring = false, mark = null } = file
  const claim = { ...omit(file, 'copy', 'checksum'), restoring, mark }
  if (!isClaim(claim)) return null
  // Without a checksum it is one of the first version, which had none: in any other its name is what is damaged.
  const isWhole = checksum === undefined ? !('copy' in file) : checksum === checksumOf(claim)
  return isWhole ? claim : null
}

const MAX_TEXT = 1_000
const MAX_PID = 2 ** 31
/** The last moment that a date can hold. */
const MAX_TIME = 8.64e15

const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_TEXT
const isWhole = (value: unknown, from: number, to: number): boolean =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to

const FIELDS: Readonly<Record<keyof Claim, (value: unknown) => boolean>> = {
  runId: isText,
  user: isText,
  host: isText,
  pid: (value) => isWhole(value, 1, MAX_PID),
  started: (value) => isWhole(value, 0, MAX_TIME),
  restoring: (value) => typeof value === 'boolean',
  // It is part of a file's name.
  token: (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
  mark: (value) => value === null || isText(value),
}

const isClaim = (value: Json): value is Claim & Json =>
  Object.keys(value).every((key) => Object.hasOwn(FIELDS, key)) &&
  Object.entries(FIELDS).every(([key, is]) => is(value[key]))

/** Of the values in one order, whatever the order in the file. */
function checksumOf({ runId, user, host, pid, started, restoring, token, mark }: Claim): string {
  const values = [runId, user, host, pid, started, restoring, token, mark]
  return createHash('sha256').update(JSON.stringify(values)).digest('hex')
}
