// What the source of a bot shows of how it is run: its port, its path, and the variables that hold its secrets.

/** What a bot is given to call the platform, and to check what comes from there. */
export type CredentialKey = 'token' | 'refreshToken' | 'email' | 'secret'

/** What the source of a bot shows; `null` where it does not. */
export interface BotCode {
  readonly usesChipchat: boolean
  /** Not `certain` when it is only a number that is named a port: it may be that of something else. */
  readonly port: { readonly number: number; readonly certain: boolean } | null
  readonly path: string | null
  /** The names of the environment variables that it reads. */
  readonly names: Readonly<Record<CredentialKey, string | null>>
}

/** The port that chipchat listens on when neither code nor environment names one. */
const CHIPCHAT_PORT = 3000

const PORTS: readonly RegExp[] = [
  /process\.env\.PORT\s*(?:\)\s*)?(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/,
  /\.(?:start|listen)\(\s*['"]?(\d{2,5})\b/,
]
const LIKELY_PORTS: readonly RegExp[] = [/\bport\s*[:=]\s*['"]?(\d{2,5})\b/i]
/** Listening on a port that is given elsewhere. */
const LISTENS_ON = /\.(?:start|listen)\(\s*[^\s)]/

const PATHS: readonly RegExp[] = [
  /\bwebhook\s*:\s*['"`]([^'"`$\s]+)['"`]/,
  /\.router\(\s*['"`]([^'"`$\s]+)['"`]/,
  /\buse\(\s*['"`]([^'"`$\s]+)['"`]\s*,\s*\w+\.router\(/,
]

/** Reads the source of a bot, without running it. */
export function readBotCode(source: string): BotCode {
  const code = withoutComments(source)
  const usesChipchat = /(?:\brequire\(|\bfrom\b|\bimport)\s*['"]chipchat['"]/.test(code)
  const path = firstMatch(code, PATHS)
  return {
    usesChipchat,
    port: portIn(code, usesChipchat),
    path: path === null || path.includes('://') ? null : `/${path.replace(/^\/+/, '')}`,
    names: {
      token: nameOf(code, 'token'),
      refreshToken: nameOf(code, 'refreshToken'),
      email: nameOf(code, 'email'),
      secret: nameOf(code, 'secret'),
    },
  }
}

function portIn(code: string, usesChipchat: boolean): BotCode['port'] {
  const listened = toPort(firstMatch(code, PORTS))
  if (listened !== null) return { number: listened, certain: true }
  if (usesChipchat && !LISTENS_ON.test(code)) return { number: CHIPCHAT_PORT, certain: true }
  const likely = toPort(firstMatch(code, LIKELY_PORTS)) ?? (usesChipchat ? CHIPCHAT_PORT : null)
  return likely === null ? null : { number: likely, certain: false }
}

function toPort(text: string | null): number | null {
  const port = Number(text ?? Number.NaN)
  return port >= 1 && port <= 65_535 ? port : null
}

const firstMatch = (code: string, shapes: readonly RegExp[]): string | null =>
  shapes.map((shape) => shape.exec(code)?.[1]).find((found) => found !== undefined) ?? null

const FROM_ENVIRONMENT = /\b(\w+)\s*:\s*process\.env(?:\.(\w+)|\[['"](\w+)['"]\])/g

/** The name of the environment variable that a field is filled from. */
function nameOf(code: string, key: string): string | null {
  const [, , dotted, quoted] = [...code.matchAll(FROM_ENVIRONMENT)].find(([, field]) => field === key) ?? []
  return dotted ?? quoted ?? null
}

/** The source without comments. A URL has `//` in it too, but never after white space. */
function withoutComments(source: string): string {
  // One that does not end is not a comment: `/*` stands in globs, too.
  const pieces = source.split('*/')
  const kept = pieces.map((piece, n) => {
    const start = piece.indexOf('/*')
    if (n === pieces.length - 1) return piece
    return start === -1 ? `${piece}*/` : piece.slice(0, start)
  })
  return kept.join('').replace(/(^|\s)\/\/.*$/gm, '$1')
}
