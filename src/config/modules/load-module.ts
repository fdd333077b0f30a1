// Reading a config module as it is now, with all that it imports.
import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { raceTimeout } from '../../core/async.ts'
import { packageFile } from '../../core/instance.ts'
import { importsOf } from './imports.ts'
import { placeOf } from './module-error.ts'

/** What went wrong in the thread of a module. */
export interface ModuleError {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly code: string | null
}

/** What the thread of a module answers. */
export type FromWorker = { readonly value: unknown } | { readonly error: ModuleError }

/** A module that was read. */
export interface LoadedModule {
  /** Its default export, plain. */
  readonly value: unknown
  /** The module and every file that it imports, but for packages; absolute. */
  readonly files: readonly string[]
}

const WORKER = packageFile('dist/config/modules/module-worker.cjs')

/** How long a config may take, in ms: it may ask a program or a server. */
const MAX_LOAD_MS = 30_000

/**
 * Reads a module in a thread of its own: every loader keeps what it has read once, and a saved config would stay the old one.
 * `print` is called with each line that it prints. Throws with the file, line and column of what is wrong, as far as they are known.
 */
export async function loadModule(path: string, print: (line: string) => void): Promise<LoadedModule> {
  const files = await importsOf(path)
  const answer = await runWorker(path, print)
  if ('value' in answer) return { value: answer.value, files }
  const { message } = answer.error
  const place = await placeOf(answer.error, files)
  throw new Error(`${firstLine(message)}${place === null ? '' : ` (${place})`}`)
}

async function runWorker(path: string, print: (line: string) => void): Promise<FromWorker> {
  const worker = new Worker(WORKER, { workerData: path, stdout: true, stderr: true, execArgv: [] })
  for (const input of [worker.stdout, worker.stderr]) createInterface({ input }).on('line', print)
  try {
    const answered = new Promise<FromWorker>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', (code) => reject(new Error(`it ended, with code ${code}, before it had exported anything`)))
    })
    const answer = await raceTimeout(answered, MAX_LOAD_MS)
    if (answer === 'late') throw new Error(`it has not exported anything after ${MAX_LOAD_MS / 1_000} s`)
    return answer.value
  } finally {
    await worker.terminate()
  }
}

const firstLine = (message: string): string => (message.replace(/^ParseError: /, '').split('\n')[0] ?? '').trim()
