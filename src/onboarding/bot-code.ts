// What the source of a bot says about how it is run: its port, its path, and where it takes its secrets from.

/** `null` where the source does not say. */
export interface BotCode {
  readonly usesChipchat: boolean
  /** `certain` unless it is only a number that is called a port: it may be that of something else. */
  readonly port: { readonly number: number; readonly certain: boolean } | null
  readonly path: string | null
  /** The names of the environment variables that it reads. */
  readonly names: Readonly<Record<'token' | 'refreshToken' | 'secret', string | null>>
}

/** chipchat's own, when neither code nor environment names one. */
const CHIPCHAT_PORT = 3000

const PORTS: readonly RegExp[] = [
  /process\.env\.PORT\s*\)?\s*(?:\|\||\?\?)\s*['"]?(\d{2,5})\b/,
  /\.(?:start|listen)\(\s*['"]?(\d{2,5})\b/,
]
const LIKELY_PORTS: readonly RegExp[] = [/\bport\s*[:=]\s*['"]?(\d{2,5})\b/i]
/** It listens on something that stands elsewhere. */
const LISTENS_ON = /\.(?:start|listen)\(\s*[^\s)]/

const PATHS: readonly RegExp[] = [
  /\bwebhook\s*:\s*['"`]([^'"`$\s]+)['"`]/,
  /\.router\(\s*['"`]([^'"`$\s]+)['"`]/,
  /\buse\(\s*['"`]([^'"`$\s]+)['"`]\s*,\s*\w+\.router\(/,
]

/** Reads it, without running it. */
export function readBotCode(source: string): BotCode {
  const code = withoutComments(source)
  const usesChipchat = /(?:\brequire\(|\bfrom\b|\bimport)\s*['"]chipchat['"]/.test(code)
  const path = firstMatch(code, PATHS)
  return {
    usesChipchat,
    port: portIn(code, usesChipchat),
    path: path === null || path.includes('://') ? null : `/${path.replace(/^\/+/, '')}`,
    names: { token: nameOf(code, 'token'), refreshToken: nameOf(code, 'refreshToken'), secret: nameOf(code, 'secret') },
  }
}

function portIn(code: string, usesChipchat: boolean): BotCode['port'] {
  const said = portOf(firstMatch(code, PORTS))
  if (said !== null) return { number: said, certain: true }
  if (usesChipchat && !LISTENS_ON.test(code)) return { number: CHIPCHAT_PORT, certain: true }
  const likely = portOf(firstMatch(code, LIKELY_PORTS)) ?? (usesChipchat ? CHIPCHAT_PORT : null)
  return likely === null ? null : { number: likely, certain: false }
}

function portOf(text: string | null): number | null {
  const port = Number(text ?? Number.NaN)
  return port >= 1 && port <= 65_535 ? port : null
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
