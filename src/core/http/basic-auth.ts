// Basic authentication: the credentials in a URL, and the header that carries them.

/** The value of an `authorization` header for `user:password`. */
export const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`

/** Decodes a part of a URL. */
export function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // It is not percent-encoded: a `%` stands for itself.
    return text
  }
}

/** The value of the `authorization` header for a URL; `null` for one without credentials, which belong into no request line. */
export const authorizationIn = ({ username, password }: Pick<URL, 'username' | 'password'>): string | null =>
  username === '' && password === '' ? null : basic(`${decodedPart(username)}:${decodedPart(password)}`)
