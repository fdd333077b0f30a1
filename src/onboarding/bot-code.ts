// What the source of a bot says about how it is run: its port, its path, and where it takes its secrets from.

/** `null` where the source does not say. */
export interface BotCode {
  readonly usesChipchat: boolean
  readonly port: number | null
  readonly path: string | null
  /** The names of the environment variables that it reads. */
  readonly names: Readonly<Record<'token' | 'refreshToken' | 'secret', string | null>>
}

/** chipchat's own, when neither code nor environment names one. */
const CHIPCHAT_PORT = 3000

const PORTS: readonly RegExp[] = [
  /process\.env\.PORT\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/,
  /\.(?:start|listen)\(\s*['"]?(\d{2,5})\b/,
  /\bport\s*[:=]\s*['"]?(\d{2,5})\b/i,
]

const PATHS: readonly RegExp[] = [
  /\bwebhook\s*:\s*['"`]([^'"`$\s]+)['"`]/,
  /\.router\(\s*['"`]([^'"`$\s]+)['"`]/,
  /\buse\(\s*['"`]([^'"`$\s]+)['"`]\s*,\s*\w+\.router\(/,
]

/** Reads it, without running it. */
export function readBotCode(source: string): BotCode {
  const code = withoutComments(source)
  const usesChipchat = /(?:\brequire\(|\bfrom\b|\bimport)\s*['"]chipchat['"]/.test(code)
  const port = Number(firstMatch(code, PORTS) ?? Number.NaN)
  const path = firstMatch(code, PATHS)
  return {
    usesChipchat,
    port: port >= 1 && port <= 65_535 ? port : usesChipchat ? CHIPCHAT_PORT : null,
    path: path === null || path.includes('://') ? null : `/${path.replace(/^\/+/, '')}`,
    names: { token: nameOf(code, 'token'), refreshToken: nameOf(code, 'refreshToken'), secret: nameOf(code, 'secret') },
  }
}

const firstMatch = (code: string, shapes: readonly RegExp[]): string | null =>
  shapes.map((shape) => shape.exec(code)?.[1]).find((found) => found !== undefined) ?? null

/** The name of the environment variable that a field is filled from. */
function nameOf(code: string, key: string): string | null {
  const shape = new RegExp(`\\b${key}\\s*:\\s*process\\.env(?:\\.(\\w+)|\\[['"](\\w+)['"]\\])`)
  const [, dotted, quoted] = shape.exec(code) ?? []
  return dotted ?? quoted ?? null
}

// A URL has `//` in it too, but never after white space.
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
