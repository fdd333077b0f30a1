// Reading and changing a `package.json` as text, so that it stays as its owner writes it.

import { isDeepStrictEqual } from 'node:util'
import { isRecord, type Json, textIn, valueIn } from '../core/json.ts'

/** What init needs of a `package.json`. */
export interface Manifest {
  readonly text: string
  readonly main: string | null
  readonly scripts: Readonly<Record<string, string>>
  /** Whether dev-hook's config is in it. */
  readonly hasConfig: boolean
}

/** Reads the text of a `package.json`; `null` when it is not a JSON object. */
export function readManifest(text: string): Manifest | null {
  const json = parse(text)
  if (json === null) return null
  const scripts = valueIn(json, 'scripts')
  const named = isRecord(scripts) ? Object.entries(scripts).filter(([, line]) => typeof line === 'string') : []
  return {
    text,
    main: textIn(json, 'main'),
    scripts: Object.fromEntries(named.map(([name, line]) => [name, String(line)])),
    hasConfig: Object.hasOwn(json, 'dev-hook'),
  }
}

/** The manifest's text with one more script: one line is added where that is possible, else all is written anew, indented as it was. */
export function addScript({ text, scripts }: Manifest, name: string, line: string): string {
  const json = parse(text) ?? {}
  const wanted = { ...json, scripts: { ...scripts, [name]: line } }
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const inserted = insertScript(text, `${indent}${indent}${JSON.stringify(name)}: ${JSON.stringify(line)}`, eol)
  if (isDeepStrictEqual(parse(inserted), wanted)) return inserted
  return JSON.stringify(wanted, null, indent).replaceAll('\n', eol) + (text.endsWith('\n') ? eol : '')
}

/** Puts a line after the last script, where scripts are written one a line; the caller checks whether the result is right. */
function insertScript(text: string, line: string, eol: string): string {
  // From the name to the first brace that is not in a string.
  const block = /"scripts"\s*:\s*\{(?:[^"}]|"(?:[^"\\]|\\.)*")*/.exec(text)
  if (block === null) return text
  const end = block.index + block[0].trimEnd().length
  return `${text.slice(0, end)},${eol}${line}${text.slice(end)}`
}

function parse(text: string): Json | null {
  try {
    // npm takes one with a byte order mark too.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return isRecord(json) ? json : null
  } catch {
    // The caller says that it cannot be read.
    return null
  }
}
