// The thread in which a config module runs: nothing in it was imported before, and what it prints does not reach stdout.
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { FromWorker } from './load-module.ts'
import { toPlain } from './to-plain.ts'

async function answer(path: string): Promise<FromWorker> {
  try {
    return { value: toPlain(await load(path)) }
  } catch (error) {
    const { name, message, stack = '', code } = Object.assign(error instanceof Error ? error : new Error(String(error)))
    return { error: { name, message, stack, code: typeof code === 'string' ? code : null } }
  }
}

/** What a module exports by default, as Node sees it. */
async function load(path: string): Promise<unknown> {
  if (!/\.[cm]?ts$/.test(path)) {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href)
    return withoutMark(module.default)
  }
  // Node 20 cannot read TypeScript by itself, and later ones refuse some of it: one loader gives one behaviour everywhere.
  const { createJiti } = await import('jiti/static')
  const exported: unknown = await createJiti(path, { interopDefault: false }).import(path)
  return isCompiled(exported) ? exported.default : exported
}

/** A module that was compiled to CommonJS has its default in a field; Node takes all of it for the default. */
const withoutMark = (exported: unknown): unknown =>
  isCompiled(exported) && 'default' in exported ? exported.default : exported

const isCompiled = (exported: unknown): exported is { readonly __esModule: true; readonly default?: unknown } =>
  typeof exported === 'object' && exported !== null && '__esModule' in exported && exported.__esModule === true

// That a package.json names no type is of no interest to whoever starts dev-hook.
process.removeAllListeners('warning')
void main()

async function main(): Promise<void> {
  const result = await answer(String(workerData))
  // What it has printed arrives first.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => stream.write('', () => done()))
  parentPort?.postMessage(result)
}
