// A text that only those can read who know the webhook's secret, on its way through a tunnel that others run.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const SALT_BYTES = 16
const IV_BYTES = 12
const TAG_BYTES = 16

const keyOf = (secret: string, salt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, 'dev-hook hand-down', 32))

/** Seals a text with the secret; base64url, so that a header can hold it. */
export function seal(text: string, secret: string): string {
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, keyOf(secret, salt), iv)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Opens what was sealed with the same secret; `null` for anything else. */
export function unseal(sealed: string, secret: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  const [ivAt, tagAt, textAt] = [SALT_BYTES, SALT_BYTES + IV_BYTES, SALT_BYTES + IV_BYTES + TAG_BYTES]
  if (bytes.length < textAt) return null
  const key = keyOf(secret, bytes.subarray(0, ivAt))
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(ivAt, tagAt), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(bytes.subarray(tagAt, textAt))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(textAt)), decipher.final()]).toString('utf8')
  } catch {
    // Sealed with another secret, or changed on the way.
    return null
  }
}
