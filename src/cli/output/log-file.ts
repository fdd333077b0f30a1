// The log file: what was announced in a run, for diagnosis.
import { join } from 'node:path'
import { raceTimeout } from '../../core/async.ts'
import type { Notice } from '../../core/notices.ts'
import { toJson } from '../../core/text/to-json.ts'
import { createOutlet } from './outlet.ts'
import { type AppendedFiles, createRotatedFile } from './rotated-file.ts'

/** A log. It is a help, not a duty: what cannot be written is dropped and counted, and nobody waits for the disk. */
export interface Log {
  write(notice: Notice): void
  /** Waits a moment until all is written. Never rejects. */
  close(): Promise<void>
}

/** What comes with every delivery. The journal has it, and more; here it would take longer than to forward it. */
const RECORDED: ReadonlySet<Notice['type']> = new Set(['delivery', 'attempt'])

/** A log of this size, in bytes, is set aside as `dev-hook.1.log`, in place of the one before. */
const MAX_LOG_BYTES = 10 * 1024 * 1024

/** How long the end of a run waits for the log, in ms: a disk may be full, or may not answer at all. */
const CLOSE_MS = 500

/** Starts the log in a folder, of notices as `shown` makes them; the file is opened by the first one. */
export function startLog(folder: string, shown: (notice: Notice) => Notice, files?: AppendedFiles): Log {
  const file = createRotatedFile(join(folder, 'dev-hook.log'), join(folder, 'dev-hook.1.log'), MAX_LOG_BYTES, files)
  const outlet = createOutlet((text) =>
    file.append(text).then(
      () => true,
      () => false,
    ),
  )
  return {
    write: (notice) => {
      if (!RECORDED.has(notice.type)) outlet.write(`${lineOf(shown(notice))}\n`, 1, dropped)
    },
    close: async () => {
      const closing = outlet.drained().then(file.close)
      await raceTimeout(closing, CLOSE_MS).catch(() => undefined)
    },
  }
}

/** Numbers that readers of such logs know, as pino has made them customary. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const

function levelOf(type: Notice['type']): keyof typeof LEVELS {
  if (type === 'error') return 'error'
  if (type === 'warning' || type === 'rejected') return 'warn'
  return type === 'bot-output' ? 'debug' : 'info'
}

function lineOf({ type, ...fields }: Notice): string {
  return toJson({ level: LEVELS[levelOf(type)], pid: process.pid, ...fields, msg: type })
}

const dropped = (lines: number): string =>
  toJson({ level: LEVELS.warn, pid: process.pid, time: new Date().toISOString(), lines, msg: 'lines lost' })
