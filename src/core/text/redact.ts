// Taking secrets out of text before anybody sees it.

/** What stands in place of a secret. */
export const REDACTED = '[redacted]'

/** Replaces every secret in a text by `[redacted]`. */
export type Redact = (text: string) => string

// What each of the shapes begins with, or has in it. Most texts have none of it, and one look is cheaper than three.
const HINT = /eyJ|Bearer|Basic|:\/\//i

// Text from outside may hold thousands of beginnings of a secret, and all the rest of it may follow each of them. So an
// expression takes a whole run of characters at once, and the run is judged afterwards: no character is looked at again.
const TOKEN_RUN = /[\w.-]+/g
const CREDENTIALS = /\b(Bearer|Basic)\s+([\w.~+/=-]+)/gi
const AUTHORITY = /(?<=:\/\/)[^\s/]+/g

/** Takes out what is secret wherever it comes from: JWTs, bearer and basic credentials, and the password of a URL. */
const hideShapes = (text: string): string =>
  (text.includes('eyJ') ? text.replace(TOKEN_RUN, hideTokens) : text)
    .replace(CREDENTIALS, hideCredentials)
    .replace(AUTHORITY, hidePassword)

/** The shortest credentials, the shortest payload of a JWT, and what its header has at least after `eyJ`, in characters. */
const MIN_PART = 8

const hideCredentials = (all: string, scheme: string, value: string): string =>
  value.length < MIN_PART ? all : `${scheme} ${REDACTED}`

/** Takes the JWTs out of a run of the characters that they are made of: three parts, the first of which has `eyJ` in it. */
function hideTokens(run: string): string {
  if (!run.includes('eyJ')) return run
  const parts = run.split('.')
  const kept: string[] = []
  for (let n = 0; n < parts.length; n += 1) {
    const [header = '', payload = '', signature] = parts.slice(n, n + 3)
    const start = header.indexOf('eyJ')
    const isLong = header.length - start >= 3 + MIN_PART && payload.length >= MIN_PART
    const isToken = start !== -1 && isLong && signature !== undefined
    kept.push(isToken ? `${header.slice(0, start)}${REDACTED}` : header)
    if (isToken) n += 2
  }
  return kept.join('.')
}

/** Takes out the password of what follows `://`. It ends at the last `@` of the URL: a password may have one in it too. */
function hidePassword(authority: string): string {
  const colon = authority.indexOf(':')
  const first = authority.indexOf('@')
  if (colon === -1 || first === -1) return authority
  // After one of these something else begins, which may have addresses of its own.
  const other = authority.slice(first).search(/["'<>,;]/)
  const end = authority.lastIndexOf('@', other === -1 ? undefined : first + other)
  return end < colon + 2 ? authority : `${authority.slice(0, colon)}:${REDACTED}${authority.slice(end)}`
}

/** Takes out some secrets by their value and others by their shape; `conceal` adds a value. */
export interface Redactor {
  readonly redact: Redact
  conceal(secret: string | null | undefined): void
}

/** Creates a redactor. Values shorter than four characters are ignored: they would blot out ordinary text. */
export function createRedactor(secrets: readonly (string | null | undefined)[] = []): Redactor {
  const concealed: string[] = []
  const conceal = (secret: string | null | undefined): void => {
    if (!secret || secret.length < 4 || concealed.includes(secret)) return
    concealed.push(secret)
    // Longest first, so that a secret that contains another one leaves no tail behind.
    concealed.sort((a, b) => b.length - a.length)
  }
  secrets.forEach(conceal)
  return {
    conceal,
    redact: (text) => {
      let clean = text
      for (const secret of concealed) clean = clean.replaceAll(secret, REDACTED)
      return HINT.test(clean) ? hideShapes(clean) : clean
    },
  }
}

const SECRET_NAME = /key|token|secret|sign?(?:ature)?$|pass|auth|code|cred/i

/** The values in a query that look secret, by their names or because they are long and random; both as written and decoded. */
export function secretsInQuery(query: string): readonly string[] {
  const written = query
    .replace(/^\?/, '')
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
  return [...new URLSearchParams(query)].flatMap(([name, value], at) => {
    const isRandom = value.length >= 16 && /\d/.test(value) && /[a-z]/i.test(value)
    return SECRET_NAME.test(name) || isRandom ? [value, written[at] ?? value] : []
  })
}
