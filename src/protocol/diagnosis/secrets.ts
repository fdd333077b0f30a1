// What a secret may have been before it was copied, quoted or decoded by accident.
import type { Accident, Guess } from './accident.ts'

/** The secret itself first, then its likely originals. Messages never quote it. */
export function secretsLike(secret: string): readonly Guess[] {
  const guesses: Guess[] = [{ bytes: Buffer.from(secret), accident: null }]
  const add = (bytes: Buffer | string, message: string, remedy: string): void => {
    const guess = Buffer.from(bytes)
    if (guess.length === 0 || guesses.some((known) => known.bytes.equals(guess))) return
    guesses.push({ bytes: guess, accident: accident(message, remedy) })
  }
  const bare = secret.trim()
  add(bare, 'SECRET has white space around it', 'remove it')
  const named = bare.replace(/^(?:export\s+)?(?:[A-Z_]*SECRET)\s*[=:]\s*/i, '')
  add(named, 'the value of SECRET begins with its own name', 'remove that')
  const unquoted = named.replace(/^(["'`])([\s\S]*)\1$/, '$2').trim()
  add(unquoted, 'SECRET has quotes around it', 'remove them')
  add(`${unquoted}\n`, 'the sender signed with a line break after the secret', 'save the secret there without it')
  add(`${unquoted}\r\n`, 'the sender signed with a line break after the secret', 'save the secret there without it')
  for (const padding of ['=', '==']) {
    add(unquoted + padding, `SECRET lacks ${padding} at its end`, 'copy the whole secret')
  }
  add(decodeURIComponentSafely(unquoted), 'SECRET is URL-encoded', 'put it there decoded')
  add(unquoted.replaceAll(' ', '+'), 'SECRET has spaces where it should have +', 'copy it again from the admin page')
  const used = 'the platform uses the text of the secret as it is'
  if (/^[\w+/-]{8,}={0,2}$/.test(unquoted)) {
    add(Buffer.from(unquoted, 'base64'), 'the sender decoded the secret from base64', used)
  }
  if (/^(?:[0-9a-f]{2}){4,}$/i.test(unquoted)) {
    add(Buffer.from(unquoted, 'hex'), 'the sender decoded the secret from hex', used)
  }
  add(Buffer.from(unquoted).toString('base64'), 'SECRET is base64-decoded', 'put it there as it is in the admin page')
  return guesses
}

const accident = (message: string, remedy: string): Accident => ({ message, remedy })

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray %: it is not URL-encoded then.
    return ''
  }
}
