// The log file: what happened in a run, for the day something is to be understood afterwards.

import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from '../../core/async.ts'
import { makePrivateFolder } from '../../core/files.ts'
import type { Notice } from '../../core/notices.ts'

export interface Log {
  write(notice: Notice): void
  close(): Promise<void>
}

/** What comes with every delivery. The journal has it, and more; here it would take longer than to forward it. */
const RECORDED: ReadonlySet<Notice['type']> = new Set(['delivery', 'attempt'])

/** A log of this size is set aside as `dev-hook.1.log` at the next start, in place of the one before. */
const MOST_BYTES = 10 * 1024 * 1024

/** A run is ready by then: what writes the log takes time to load, and the start need not wait for it. */
const AFTER_MS = 1_000

/**
 * Starts a log in a folder: opens it a little later, or at the end, with what was written to it until then.
 * It is a help, not a duty: a folder that cannot be written is announced by those who need it.
 */
export function startLog(folder: string, afterMs = AFTER_MS): Log {
  const early: Notice[] = []
  let write = (notice: Notice): void => void early.push(notice)
  let opening: Promise<Log | null> | undefined

  async function openLate(): Promise<Log | null> {
    const log = await openLog(folder).catch(() => null)
    write = (notice) => log?.write(notice)
    early.splice(0).forEach(write)
    return log
  }

  const open = (): Promise<Log | null> => {
    opening ??= openLate()
    return opening
  }
  const cancel = after(afterMs, () => void open())

  return {
    write: (notice) => {
      if (!RECORDED.has(notice.type)) write(notice)
    },
    close: async () => {
      cancel()
      await (await open())?.close()
    },
  }
}

/** Opens `dev-hook.log` in a folder. */
async function openLog(folder: string): Promise<Log> {
  const { destination, pino } = await import('pino')
  await makePrivateFolder(folder)
  const path = join(folder, 'dev-hook.log')
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size > MOST_BYTES) await rename(path, join(folder, 'dev-hook.1.log'))
  // Written in pieces, but at least every second: who follows it sees it, and a crash takes little of it.
  const file = destination({ dest: path, mode: 0o600, sync: false, minLength: 8 * 1024, periodicFlush: 1_000 })
  // The notice has its own time.
  const logger = pino({ level: 'debug', base: { pid: process.pid }, timestamp: false }, file)
  // A full disk must not end the run; what is lost is the log.
  file.on('error', () => undefined)
  return {
    write: ({ type, ...fields }) => logger[levelOf(type)](fields, type),
    close: () =>
      new Promise((resolve) => {
        file.once('close', () => resolve())
        file.end()
      }),
  }
}

function levelOf(type: Notice['type']): 'error' | 'warn' | 'debug' | 'info' {
  if (type === 'error') return 'error'
  if (type === 'warning' || type === 'rejected') return 'warn'
  return type === 'bot-output' ? 'debug' : 'info'
}
