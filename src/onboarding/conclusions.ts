// What follows from the look at a folder: how its bot is started, and where it listens.
import type { Folder } from './inspect-project.ts'

/** Nothing of a bot is here. */
export const isEmpty = ({ manifest, entry }: Folder): boolean => manifest === null && entry === null

/** How the bot is started, as a line; `null` when nobody says. */
export function startLine({ manifest, entry }: Folder): string | null {
  const start = manifest?.scripts['start']
  // Under a program that restarts the bot by itself, two would do it.
  if (start !== undefined) return /^node\s/.test(start) && !/[;&|]/.test(start) ? start : 'npm start'
  return entry === null ? null : `node ${entry.name}`
}

/** The line of a `dev` script; `null` when there is one, or nothing to start. */
export function devScriptFor(folder: Folder): string | null {
  const { manifest, installed } = folder
  const line = startLine(folder)
  const scripts = Object.entries(manifest?.scripts ?? {})
  if (manifest === null || line === null) return null
  if (scripts.some(([name, script]) => name === 'dev' || script.includes('dev-hook'))) return null
  return `${installed ? '' : 'npx '}dev-hook -- ${line}`
}

/** Where the bot listens, and whether anything says so; else it is only the default. */
export function portOf({ config, entry }: Folder): {
  readonly port: number
  readonly path: string
  readonly sure: boolean
} {
  const { target, sources } = config
  const said = (key: 'port' | 'path'): boolean => sources[key] !== undefined || sources.forwardTo !== undefined
  return {
    port: said('port') ? target.port : (entry?.code.port?.number ?? target.port),
    path: said('path') ? target.path : (entry?.code.path ?? target.path),
    sure: said('port') || entry?.code.port?.certain === true,
  }
}
