// The programs that play a bot in the tests, and how one is started.
import { fileURLToPath } from 'node:url'
import type { Command } from '../../../src/bot/process.ts'

export type Program =
  | 'colours'
  | 'crashes'
  | 'detaches'
  | 'family'
  | 'listens'
  | 'never-listens'
  | 'other-port'
  | 'stubborn'

/** The folder of the programs. */
export const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url))

/** How a program is started. */
export const commandOf = (program: Program, ...args: string[]): Command => [process.execPath, `${program}.js`, ...args]

/** The environment of a bot on a port. */
export const environmentOf = (port: number, more: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  PORT: String(port),
  ...more,
})
