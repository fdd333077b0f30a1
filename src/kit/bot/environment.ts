// What the kit has of the process that tests run in: its environment, its folder and its end.
import type { Off } from '../../core/listeners.ts'

/** The environment of the tests. */
export const testEnvironment = (): Readonly<Record<string, string | undefined>> => process.env

/** Calls back when the process ends, whatever ends it; only what needs no waiting can be done then. */
export function onProcessExit(callback: () => void): Off {
  process.once('exit', callback)
  return () => process.off('exit', callback)
}
