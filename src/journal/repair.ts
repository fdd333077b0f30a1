// Repairs what a crash or the disk has done to a segment, before anything is appended to the log.
import { lstat, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writePrivateFile } from '../core/files/private-file.ts'
import { intactSpans, type ParsedSegment, type Span } from './parser.ts'
import type { Limits } from './segments.ts'
import type { OnTrouble } from './write/trouble.ts'

/** Repairs the damage found in a segment; `true` when its lines have moved. Only the last one (`isLast`) can end in a torn line. */
export async function repairSegment(
  folder: string,
  name: string,
  isLast: boolean,
  parsed: ParsedSegment,
  onTrouble: OnTrouble,
): Promise<boolean> {
  if (parsed.damaged.length === 0) return false
  const torn = isLast ? tornTail(parsed) : null
  if (torn !== null) {
    await cutTail(folder, name, torn)
    return false
  }
  const aside = await setDamageAside(folder, name)
  onTrouble('stateDamaged', `part of the journal cannot be read and was set aside: ${aside}`)
  return true
}

/** Where the torn last line of a segment begins; `null` when there is none, or when there is other damage as well. */
export function tornTail({ damaged, complete }: ParsedSegment): number | null {
  const [first, ...more] = damaged
  return first !== undefined && more.length === 0 && first.start === complete ? complete : null
}

/** Cuts off a torn last line, of which nobody was promised that it is on disk. */
export const cutTail = (events: string, name: string, at: number): Promise<void> => truncate(join(events, name), at)

/** Moves what is damaged in a segment to a file beside it, and returns the path of that file. The intact lines stay. */
export async function setDamageAside(events: string, name: string): Promise<string> {
  const path = join(events, name)
  const bytes = await readFile(path)
  const intact = intactSpans(name, bytes)
  const aside = await freePath(events, name)
  await writeFile(aside, cutOut(bytes, between(intact, bytes.length)), { flag: 'wx', mode: 0o600 })
  // Intact lines are valid UTF-8, so that writing them as text preserves their bytes.
  await writePrivateFile(path, cutOut(bytes, intact).toString('utf8'))
  return aside
}

/** Sets aside a segment that cannot be read at all; returns its new path. */
export async function setSegmentAside(events: string, name: string): Promise<string> {
  const aside = await freePath(events, name)
  await rename(join(events, name), aside)
  return aside
}

// Only the holder of the lock repairs, so a name that is free stays free.
async function freePath(events: string, name: string): Promise<string> {
  const taken = new Set(await readdir(events))
  for (let n = 1; ; n += 1) {
    if (!taken.has(`${name}.damaged-${n}`)) return join(events, `${name}.damaged-${n}`)
  }
}

const cutOut = (bytes: Buffer, spans: readonly Span[]): Buffer =>
  Buffer.concat(spans.map(({ start, end }) => bytes.subarray(start, end)))

/** The gaps between the spans of a file, which is `length` bytes long. */
function between(spans: readonly Span[], length: number): Span[] {
  const ends = [0, ...spans.map(({ end }) => end)]
  const starts = [...spans.map(({ start }) => start), length]
  return ends.map((start, i) => ({ start, end: starts[i] ?? length })).filter(({ start, end }) => start < end)
}

const LEFTOVER = /\.(damaged-\d+|tmp)$/

/** Removes what earlier runs set aside or left half written, once it is older than any delivery that is kept. */
export async function removeLeftovers(events: string, limits: Limits, now: number): Promise<void> {
  for (const name of await readdir(events)) {
    if (!LEFTOVER.test(name)) continue
    const path = join(events, name)
    // A file that is gone already, or cannot be removed, does no harm.
    await removeIfOlder(path, now - limits.ms).catch(() => undefined)
  }
}

async function removeIfOlder(path: string, than: number): Promise<void> {
  if ((await lstat(path)).mtimeMs < than) await rm(path, { recursive: true, force: true })
}
