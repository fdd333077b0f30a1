// The authtoken in the ngrok agent's own config file, for those who have set up ngrok already.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, messageOf } from '../../core/errors.ts'
import { textIn, valueIn } from '../../core/json.ts'
import { decodeText } from '../../core/text/decode.ts'
import { positionAt } from '../../core/text/position.ts'
import type { LookUp } from '../option.ts'

/** Finds the authtoken. A file that is broken is not read any further, and said to be. */
export const findAgentAuthtoken: LookUp['find'] = async (env, platform) => {
  const unreadable: string[] = []
  for (const file of candidates(env, platform)) {
    try {
      const raw = await authtokenIn(decodeText(await readFile(file)).text)
      if (raw !== null) return { found: { raw, source: file }, unreadable: [] }
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) unreadable.push(`${file} ${problemOf(error)}`)
    }
  }
  return { found: null, unreadable }
}

const problemOf = (error: unknown): string =>
  error instanceof NotYaml ? error.message : `cannot be read: ${codeOf(error) ?? messageOf(error)}`

/** Says where, and nothing of what stands there: that may be the token. */
class NotYaml extends Error {
  /** Creates the error for a place in a text. */
  constructor(text: string, index: number) {
    const { line, column } = positionAt(text, index)
    super(`is not valid YAML at line ${line}, column ${column}`)
  }
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

/** Version 3 keeps it under `agent`, the versions before at the top. Throws where the text is not YAML. */
async function authtokenIn(text: string): Promise<string | null> {
  const { parseDocument } = await import('yaml')
  const parsed = parseDocument(text, { prettyErrors: false })
  const [mistake] = parsed.errors
  if (mistake !== undefined) throw new NotYaml(text, mistake.pos[0])
  const document: unknown = parsed.toJS()
  return textIn(document, 'authtoken') ?? textIn(valueIn(document, 'agent'), 'authtoken')
}
