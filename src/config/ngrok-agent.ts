// The authtoken in the ngrok agent's own config file, for those who have set up ngrok already.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { textIn, valueIn } from '../core/json.ts'
import type { LookUp } from './option.ts'

/** Finds the authtoken, and the file that it came from; `null` when the agent is not set up here. */
export const findAgentAuthtoken: LookUp['find'] = async (env, platform) => {
  for (const file of candidates(env, platform)) {
    const content = await readFile(file, 'utf8').catch(() => null)
    if (content === null) continue
    const token = await authtokenIn(content)
    if (token !== null) return { raw: token, source: file }
  }
  return null
}

/** Where the agent keeps its file, newest place first. Source: ngrok.com/docs/agent/config. */
function candidates(env: Parameters<LookUp['find']>[0], platform: NodeJS.Platform): string[] {
  const home = env['HOME'] ?? env['USERPROFILE']
  const places = [
    platform === 'win32' ? env['LOCALAPPDATA'] && join(env['LOCALAPPDATA'], 'ngrok', 'ngrok.yml') : undefined,
    platform === 'darwin' ? home && join(home, 'Library', 'Application Support', 'ngrok', 'ngrok.yml') : undefined,
    env['XDG_CONFIG_HOME'] && join(env['XDG_CONFIG_HOME'], 'ngrok', 'ngrok.yml'),
    home && join(home, '.config', 'ngrok', 'ngrok.yml'),
    home && join(home, '.ngrok2', 'ngrok.yml'),
  ]
  return places.filter((place): place is string => Boolean(place))
}

/** Version 3 keeps it under `agent`, the versions before at the top. */
async function authtokenIn(content: string): Promise<string | null> {
  const { parse } = await import('yaml')
  let document: unknown
  try {
    document = parse(content)
  } catch {
    // Another tool's file: if it is broken, that tool will report it. Here it only means that there is no token.
    return null
  }
  return textIn(document, 'authtoken') ?? textIn(valueIn(document, 'agent'), 'authtoken')
}
