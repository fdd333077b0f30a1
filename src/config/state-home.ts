// Where dev-hook keeps its state: the user's state folder, by the convention of each system.
import { join } from 'node:path'
import type { Environment } from './layers.ts'

/** `$XDG_STATE_HOME/dev-hook`, or the platform's equivalent. */
export function stateHome(env: Environment, platform: NodeJS.Platform, home: string): string {
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], 'dev-hook')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'dev-hook', 'state')
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'dev-hook')
  return join(home, '.local', 'state', 'dev-hook')
}
