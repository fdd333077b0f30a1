// How the bot of a project is started, and where it listens, as far as the project's files show.
import type { Project } from './inspect-project.ts'

/** Whether a project holds nothing of a bot yet. */
export const isEmpty = ({ manifest, entry }: Project): boolean => manifest === null && entry === null

/** The command line that starts the bot; `null` when nothing shows it. */
export function startCommand({ manifest, entry }: Project): string | null {
  const start = manifest?.scripts['start']
  // Under a program that restarts the bot by itself, two would do it.
  if (start !== undefined) return /^node\s/.test(start) && !/[;&|]/.test(start) ? start : 'npm start'
  return entry === null ? null : `node ${entry.name}`
}

/** The command line of a new `dev` script; `null` when there is such a script, or nothing to start. */
export function devScriptFor(project: Project): string | null {
  const { manifest, installed } = project
  const line = startCommand(project)
  const scripts = Object.entries(manifest?.scripts ?? {})
  if (manifest === null || line === null) return null
  if (scripts.some(([name, script]) => name === 'dev' || script.includes('dev-hook'))) return null
  return `${installed ? '' : 'npx '}dev-hook -- ${line}`
}

/** Where the bot listens; `sure` is false when nothing shows it and the port is only the default. */
export function botAddress({ config, entry }: Project): {
  readonly port: number
  readonly path: string
  readonly sure: boolean
} {
  const { target, sources } = config
  const isSet = (key: 'port' | 'path'): boolean => sources[key] !== undefined || sources.forwardTo !== undefined
  return {
    port: isSet('port') ? target.port : (entry?.code.port?.number ?? target.port),
    path: isSet('path') ? target.path : (entry?.code.path ?? target.path),
    sure: isSet('port') || entry?.code.port?.certain === true,
  }
}
