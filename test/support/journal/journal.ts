// What the tests of the journal share: deliveries to record, and children that write.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { Attempt, Delivery, Label } from '../../../src/core/delivery.ts'
import type { ErrorName } from '../../../src/core/errors.ts'
import type { Journal } from '../../../src/core/ports.ts'
import { type JournalOptions, openJournal } from '../../../src/journal/journal.ts'
import { anAttempt } from '../attempts.ts'
import { fixture } from '../built.ts'

export interface Trouble {
  readonly kind: ErrorName
  readonly message: string
}

/** Opens a journal that is closed when the test is over, and collects what it says. */
export async function openTestJournal(
  folder: string,
  options: Partial<JournalOptions> = {},
): Promise<{ journal: Journal; troubles: Trouble[] }> {
  const troubles: Trouble[] = []
  const onTrouble = (kind: ErrorName, message: string): void => void troubles.push({ kind, message })
  const journal = await openJournal(folder, { onTrouble, ...options })
  onTestFinished(() => journal.close())
  return { journal, troubles }
}

export const NO_LABEL: Label = { event: null, platformId: null, conversation: null, text: null }

/** A delivery that differs from the usual one in these fields. */
export const delivery = (id: string, fields: Partial<Delivery> = {}): Delivery => ({
  id,
  receivedAt: Date.now(),
  method: 'POST',
  search: '',
  headers: ['Content-Type', 'application/json'],
  body: Buffer.from(`{"id":"${id}"}`),
  ...fields,
})

/** The attempt in which the bot answered. */
export function answered(status: number, body: string | Buffer = ''): Attempt {
  const reply = { status, headers: ['X-Bot', 'yes'], body: Buffer.from(body) }
  return anAttempt('answered', { startedAt: 1_700_000_000_000, ms: 1.5, reply })
}

export const refused = anAttempt('refused', { startedAt: 1_700_000_000_000, reason: 'ECONNREFUSED' })

/** A child process that runs a fixture, and the lines that it prints. */
export interface Child {
  readonly process: ChildProcess
  readonly lines: AsyncIterableIterator<string>
  /** Its next line; an empty one when it ended without. */
  nextLine(): Promise<string>
  /** Sends the signal, and resolves when it is gone. */
  kill(signal: NodeJS.Signals): Promise<void>
}

/** Runs `test/support/fixtures/<name>` in a process of its own, until it ends or the test is over. */
export function startChild(name: string, ...args: string[]): Child {
  const child = spawn(process.execPath, [fixture(name), ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal)
    await gone
  }
  onTestFinished(() => kill('SIGKILL'))
  return { process: child, lines, nextLine: async () => String((await lines.next()).value ?? ''), kill }
}
