// The text of a snapshot's file: JSON with a checksum, by which a damaged one is recognised.
import { createHash } from 'node:crypto'
import { isRecord, type Json } from '../../core/json.ts'
import { parseExact, stringifyExact } from '../api/exact-json.ts'
import { isAncestors } from './ancestors.ts'
import { endpointOf } from './locate.ts'
import type { WebhookLocation } from './location.ts'
import type { Snapshot } from './snapshot.ts'

/** A location as the file keeps it: without its endpoint, which follows from its document. */
type StoredLocation = Omit<WebhookLocation, 'endpoint'>

/** A snapshot as the file keeps it. Its location is called `place` there, a name that files of earlier versions have too. */
type StoredSnapshot = Omit<Snapshot, 'location'> & { readonly place: StoredLocation | null }

function storedOf({ location, ...rest }: Snapshot): StoredSnapshot {
  if (location === null) return { ...rest, place: null }
  const { endpoint: _, ...place } = location
  return { ...rest, place }
}

/** Encodes a snapshot as the text of its file. */
export function encodeSnapshot(snapshot: Snapshot): string {
  const stored = storedOf(snapshot)
  return `${stringifyExact({ ...stored, checksum: checksumOf(stored) }, 2)}\n`
}

/** Decodes the text of a file; `null` when it is damaged, or not a snapshot. */
export function decodeSnapshot(text: string): Snapshot | null {
  const file = parse(text)
  if (file === null) return null
  const { checksum, ...stored } = file
  const isUndamaged = checksum === undefined ? hasOnly(stored, SNAPSHOT_FIELDS) : checksum === checksumOf(stored)
  if (!isUndamaged || !isStored(stored)) return null
  const { place, ...rest } = stored
  if (place === null) return { ...rest, location: null }
  const endpoint = endpointOf(place.document)
  return endpoint === null ? null : { ...rest, location: { endpoint, ...place } }
}

function parse(text: string): Json | null {
  try {
    const value = parseExact(text)
    return isRecord(value) ? value : null
  } catch {
    // Not JSON: damaged, which the caller announces.
    return null
  }
}

const checksumOf = (stored: object): string => createHash('sha256').update(stringifyExact(stored)).digest('hex')

const isText = (value: unknown): value is string => typeof value === 'string'
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const orNull =
  <T>(is: (value: unknown) => value is T) =>
  (value: unknown): value is T | null =>
    value === null || is(value)

const isStoredLocation = (value: unknown): value is StoredLocation => isRecord(value) && hasFields(value, PLACE_FIELDS)

type Checks<T> = Readonly<Record<keyof T, (value: unknown) => boolean>>

const PLACE_FIELDS: Checks<StoredLocation> = {
  label: isText,
  document: isText,
  keys: isTexts,
  entry: orNull(isCount),
}

const SNAPSHOT_FIELDS: Checks<StoredSnapshot> = {
  version: (value) => value === 1,
  kind: (value) => value === 'bot' || value === 'service',
  apiHost: isText,
  botId: isText,
  runId: isText,
  urls: isTexts,
  place: orNull(isStoredLocation),
  serviceName: isText,
  created: (value) => typeof value === 'boolean',
  before: orNull(isRecord),
  beforeStatus: orNull(isText),
  previousUnknown: (value) => typeof value === 'boolean',
  ancestors: (value) => value === undefined || isAncestors(value),
  takenAt: isText,
  pid: isCount,
  writeSentAt: orNull(isCount),
}

const hasFields = <T>(value: Json, checks: Checks<T>): boolean =>
  Object.entries<(value: unknown) => boolean>(checks).every(([key, is]) => is(value[key]))

const isStored = (value: Json): value is StoredSnapshot & Json => hasFields(value, SNAPSHOT_FIELDS)

/** Whether a file without a checksum is one of the first version, which had none: in any other its name is what is damaged. */
const hasOnly = (value: Json, checks: object): boolean => Object.keys(value).every((key) => Object.hasOwn(checks, key))
