// The shape of an ngrok authtoken: what can be checked without ngrok.

/** The beginnings of other things that ngrok's dashboard shows, and what they are. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^ak_/, 'the id of an API key, not an authtoken'],
  [/^cr_/, 'the id of an authtoken, not the authtoken itself'],
  [/^https?:/i, 'a URL, not an authtoken'],
  [/^eyJ/, 'a Web1on1 token, not an authtoken of ngrok'],
]

/** What is wrong with it, as the end of a sentence that begins with `it is`; `null` when its shape is right. */
export function authtokenProblem(text: string): string | null {
  const other = OTHERS.find(([shape]) => shape.test(text))
  if (other !== undefined) return other[1]
  if (/\s/.test(text)) return 'more than one word'
  if (!/^[\w-]+$/.test(text)) return 'no authtoken: those hold letters, digits, - and _ only'
  return text.length < 20 ? 'too short for an authtoken' : null
}
