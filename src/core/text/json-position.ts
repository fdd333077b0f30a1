// Where a value stands in a JSON text: what is wrong with it can then be named with line and column.
import { endOfString } from './json-layout.ts'
import { positionAt, type TextPosition } from './position.ts'

/** The way to a value: names of members and indexes of lists. */
export type JsonPath = readonly (string | number)[]

interface Level {
  readonly isList: boolean
  /** The name of the member, or the index of the item, that is read. */
  key: string | number
}

/** The position of the value at a path; of the nearest value around it where there is none. The text is valid JSON. */
export function positionInJson(text: string, path: JsonPath): TextPosition {
  const levels: Level[] = []
  let best = { depth: -1, at: 0 }
  let isName = false
  for (const { at, token } of tokensOf(text)) {
    const level = levels.at(-1)
    if (token === '}' || token === ']') levels.pop()
    else if (token === ',') {
      if (typeof level?.key === 'number') level.key += 1
      isName = level?.isList === false
    } else if (isName && level !== undefined && token !== ':') {
      level.key = String(JSON.parse(token))
      isName = false
    } else if (token !== ':') {
      const depth = levels.length
      if (depth > best.depth && depth <= path.length && levels.every(({ key }, n) => key === path[n])) {
        best = { depth, at }
      }
      if (token === '{' || token === '[') levels.push({ isList: token === '[', key: token === '[' ? 0 : '' })
      isName = token === '{'
    }
  }
  return positionAt(text, best.at)
}

interface Token {
  readonly at: number
  readonly token: string
}

function* tokensOf(text: string): Generator<Token, void, undefined> {
  const other = /[ \t\r\n]*([{}[\],:]|[^ \t\r\n{}[\],:"]+|")/y
  for (let found = other.exec(text); found !== null; found = other.exec(text)) {
    const [, token = ''] = found
    const at = other.lastIndex - token.length
    if (token === '"') {
      other.lastIndex = endOfString(text, at)
      yield { at, token: text.slice(at, other.lastIndex) }
    } else yield { at, token }
  }
}
