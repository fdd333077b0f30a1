// Line and column of a place in a text.

/** Both count from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** The position of an index of a text. */
export function positionAt(text: string, index: number): TextPosition {
  const before = text.slice(0, index).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
}
