// Who holds a bot on this machine: one run at a time, free again as soon as its process is gone.

import { randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { dirname, join } from 'node:path'
import { poll, repeat } from '../core/async.ts'
import { codeOf, DevHookError, messageOf } from '../core/errors.ts'
import { makePrivateFolder, writePrivateFile } from '../core/files/private-file.ts'
import { every } from '../core/pace.ts'

import { isAlive, processMark } from './liveness.ts'
import { type Claim, decodeClaim, encodeClaim, type Holder } from './lock-format.ts'

export type { Holder } from './lock-format.ts'

export interface Lock {
  readonly holder: Holder
  /** Gives the lock back, if it is still ours. Idempotent. */
  close(): Promise<void>
}

export interface LockInfo {
  readonly runId: string
  /** How the holder calls itself to people: `<user>@<host> pid <pid>`. */
  readonly user: string
  readonly restoring?: boolean
}

// From another machine a pid says nothing, and on Windows soon means another process: there the file has to be touched now
// and then.
const HEARTBEAT_MS = 10_000
const HEARTBEATS_LOST_MS = 60_000
// Replacing a dead claim takes a rival a few milliseconds, unless it is stopped in the middle of it.
const RIVAL_MS = 5
const RIVAL_TRIES = 200

/**
 * Takes the lock of a bot's folder. Rejects with `taken`, naming the holder, while a live process holds it; with
 * `stateUnwritable` when the folder cannot be written.
 */
export async function openLock(folder: string, info: LockInfo, heartbeatMs = HEARTBEAT_MS): Promise<Lock> {
  const path = lockPath(folder)
  const claim = await createClaim(info)
  const holder = await withLockErrors(folder, async () => {
    await makePrivateFolder(folder)
    return acquire(path, claim)
  })
  if (holder !== null) throw takenError(path, holder)
  let beating = Promise.resolve()
  const stopHeartbeat = repeat(heartbeatMs, () => {
    beating = beating.then(() => keep(path, claim))
  })
  return {
    holder: withoutToken(claim),
    close: async () => {
      stopHeartbeat()
      await beating
      await release(path, claim.token)
    },
  }
}

/** Who holds the bot of this folder now; `null` when nobody alive does. */
export async function readLock(folder: string): Promise<Holder | null> {
  const path = lockPath(folder)
  const claim = await readClaim(path)
  return claim !== null && (await isHeld(path, claim, false)) ? withoutToken(claim) : null
}

const lockPath = (folder: string): string => join(folder, 'lock')

async function createClaim({ runId, user, restoring = false }: LockInfo): Promise<Claim> {
  const { pid } = process
  const mark = await processMark(pid)
  return { runId, user, host: hostname(), pid, started: Date.now(), restoring, token: randomUUID(), mark }
}

/** Puts our claim there, and gives `null`; or gives the claim of the live holder, or of a rival that does not get done. */
async function acquire(path: string, claim: Claim): Promise<Claim | null> {
  const { result } = await poll(
    () => tryAcquire(path, claim),
    ({ again }) => !again,
    { pace: every(RIVAL_MS), tries: RIVAL_TRIES },
  )
  return result
}

/**
 * A dead claim may be removed only by who holds the lock named after its token: else two starters that both saw it dead
 * could remove first it, and then each other's.
 */
async function tryAcquire(path: string, claim: Claim): Promise<{ result: Claim | null; again: boolean }> {
  if (await createLockFile(path, claim)) return { result: null, again: false }
  const found = await readClaim(path)
  if (found === null) return { result: DAMAGED, again: true }
  if (await isHeld(path, found, claim.restoring)) return { result: found, again: false }
  const right = `${path}.${found.token}`
  const rival = await acquire(right, claim)
  if (rival !== null) return { result: rival, again: true }
  try {
    // Somebody else may have removed it, and put a new one there, in the meantime.
    if ((await readClaim(path))?.token === found.token) await unlink(path)
  } finally {
    await release(right, claim.token)
  }
  return tryAcquire(path, claim)
}

/** Creates the lock file whole or not at all; false when there is one. */
async function createLockFile(path: string, claim: Claim): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(temporary, encodeClaim(claim), { mode: 0o600, flag: 'wx', flush: true })
    await link(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

async function release(path: string, token: string): Promise<void> {
  if ((await readClaim(path))?.token === token) await unlink(path)
}

/** `null` when there is no file; `DAMAGED` when nothing can be told from it. */
async function readClaim(path: string): Promise<Claim | null> {
  try {
    return decodeClaim(await readFile(path, 'utf8')) ?? DAMAGED
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

const DAMAGED: Claim = {
  runId: '',
  user: 'a dev-hook whose lock file is damaged',
  host: '',
  pid: 0,
  started: 0,
  restoring: false,
  token: 'unreadable',
  mark: null,
}

/**
 * Whether a live holder stands behind a claim. Behind a damaged one there is one if it was touched lately, and since the machine was
 * started; only whoever is to put back what a dead run has left goes ahead, as that compares before it writes.
 */
async function isHeld(path: string, claim: Claim, isToRestore: boolean): Promise<boolean> {
  const { host, pid, mark, started } = claim
  if (claim === DAMAGED && isToRestore) return false
  if (claim === DAMAGED) return (await msSinceTouched(path)) < Math.min(HEARTBEATS_LOST_MS, uptime() * 1_000)
  if (host === hostname() && !(await isAlive({ pid, mark, at: started }))) return false
  return (host === hostname() && mark !== null) || (await msSinceTouched(path)) < HEARTBEATS_LOST_MS
}

/** How long ago the file was last touched, in milliseconds. */
async function msSinceTouched(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return Infinity
    throw error
  }
}

/** Shows that the holder lives, and puts its lock there again if it was damaged, or removed, its folder too. Never rejects. */
async function keep(path: string, claim: Claim): Promise<void> {
  const now = new Date()
  try {
    const found = await readClaim(path)
    if (found === null) {
      await makePrivateFolder(dirname(path))
      await createLockFile(path, claim)
    } else if (found === DAMAGED) await writePrivateFile(path, encodeClaim(claim))
    else if (found.token === claim.token) await utimes(path, now, now)
  } catch {
    // The folder cannot be written for now: the next start finds out by itself whether we live.
  }
}

function withoutToken({ runId, user, host, pid, started, restoring }: Claim): Holder {
  return { runId, user, host, pid, started, restoring }
}

function takenError(path: string, claim: Claim): DevHookError {
  if (claim === DAMAGED) {
    return new DevHookError('taken', `it cannot be told whether another dev-hook holds this bot: ${path} is damaged`, {
      remedy: 'start again in a minute; if no dev-hook runs for this bot, delete that file',
    })
  }
  const { user, started } = claim
  const since = new Date(started).toISOString()
  return new DevHookError('taken', `another dev-hook holds this bot: ${user}, since ${since}`, {
    remedy: 'end that dev-hook, or take the bot over with `--take-over`',
  })
}

/** Runs `work`; whatever fails in it is a `stateUnwritable` that names the folder. */
async function withLockErrors<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new DevHookError('stateUnwritable', `cannot lock ${folder}: ${messageOf(cause)}`, { cause })
  }
}
