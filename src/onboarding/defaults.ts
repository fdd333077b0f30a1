// What is written when nobody is asked: everything that was found, and a default for the rest.
import { DevHookError } from '../core/errors.ts'
import { devScriptFor, isEmpty, portOf } from './conclusions.ts'
import type { Folder } from './inspect-project.ts'
import type { Answers } from './plan.ts'
import { isNoVerdict, type TriedToken, tryToken } from './try-token.ts'

/** A token that was found, after it was tried. */
export type TriedFinding =
  | { readonly is: 'none' }
  | { readonly is: 'good'; readonly tried: TriedToken }
  | { readonly is: 'bad'; readonly error: DevHookError }
  /** The platform could not be asked. */
  | { readonly is: 'unknown'; readonly error: DevHookError }

/** Tries the token of a folder, if it has one. */
export async function tryFound({ token, refreshToken, config }: Folder, signal: AbortSignal): Promise<TriedFinding> {
  if (token === null) return { is: 'none' }
  try {
    return { is: 'good', tried: await tryToken(token.value, refreshToken?.value ?? null, config, signal) }
  } catch (error) {
    if (!(error instanceof DevHookError)) throw error
    return { is: isNoVerdict(error) ? 'unknown' : 'bad', error }
  }
}

/** The answers without any question. */
export function defaultAnswers(folder: Folder, tried: TriedToken | null): Answers {
  const { port, path } = portOf(folder)
  return {
    starter: isEmpty(folder),
    token: unwritten(folder, 'token'),
    refreshToken: unwritten(folder, 'refreshToken'),
    secret: folder.config.secret === null ? (folder.secret?.value ?? tried?.secret ?? null) : null,
    ngrokAuthtoken: null,
    port,
    path,
    devScript: devScriptFor(folder),
  }
}

/** A value that only the bot finds, under a name of its own. */
const unwritten = (folder: Folder, key: 'token' | 'refreshToken'): string | null =>
  folder.config[key] === null ? (folder[key]?.value ?? null) : null

/** What a run against the real platform needs, and nobody has said. */
export function missingIn(folder: Folder, tried: TriedToken | null): readonly string[] {
  const { token, refreshToken, ngrokAuthtoken, config } = folder
  return [
    ...(token === null ? ["TOKEN: the bot's access token, from its details in the Web1on1 admin pages"] : []),
    ...(tried?.expires === true && refreshToken === null ? ['REFRESH_TOKEN: the refresh token next to it'] : []),
    ...(ngrokAuthtoken === null && config.tunnel === 'ngrok' && config.url === null
      ? ['NGROK_AUTHTOKEN: from https://dashboard.ngrok.com/get-started/your-authtoken']
      : []),
  ]
}
