// Changing a `.env`: values are added or replaced, everything else stays as it is, to the byte.
import { isDeepStrictEqual } from 'node:util'
import { parseDotEnv } from '../config/parse-dot-env.ts'

/** A variable to be set in an env file. */
export interface Variable {
  readonly name: string
  readonly value: string
}

/** The text of an env file with these variables set; `null` stands for no file. Reading it gives exactly these values. */
export function setVariables(text: string | null, variables: readonly Variable[]): string {
  return variables.reduce(setVariable, text ?? '')
}

function setVariable(text: string, variable: Variable): string {
  const { name, value } = variable
  if (parseDotEnv(text).variables[name] === value) return text
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const line = `${name}=${quoted(value)}`
  const end = text === '' || text.endsWith('\n') ? '' : eol
  const appended = `${text}${end}${line}${eol}`
  // Node takes a line that is not an assignment for the beginning of the next one.
  const prepended = `${line}${eol}${text}`
  const ways = [...replacements(text, name, line), appended, prepended]
  return ways.find((way) => isSet(text, way, variable)) ?? appended
}

/** Whether a changed text is read with the new value, and with every other one as before. */
function isSet(before: string, after: string, { name, value }: Variable): boolean {
  return isDeepStrictEqual({ ...parseDotEnv(after).variables }, { ...parseDotEnv(before).variables, [name]: value })
}

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[^\r\n]*/gm

/** The text with one assignment replaced, in every way; first the last one, which is the one in effect as a rule. */
function replacements(text: string, name: string, line: string): string[] {
  const found = [...text.matchAll(ASSIGNMENT)].filter(([, assigned]) => assigned === name).toReversed()
  return found.map(({ 0: old, index }) => text.slice(0, index) + line + text.slice(index + old.length))
}

/** The value as it is written: quoted only where the bare value would be read as something else. */
function quoted(value: string): string {
  const ways = [value, `"${value}"`, `'${value}'`, `\`${value}\``]
  return ways.find((way) => parseDotEnv(`X=${way}\n`).variables['X'] === value) ?? value
}
