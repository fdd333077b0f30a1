// Comparing secrets without telling, by the time it takes, how much of a guess was right.
import { timingSafeEqual } from 'node:crypto'

/** True when both are the same bytes. Takes as long whatever differs; only the length may be found out. */
export function equalInConstantTime(given: string | Buffer, expected: string | Buffer): boolean {
  const [a, b] = [bytesOf(given), bytesOf(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const bytesOf = (secret: string | Buffer): Buffer => (typeof secret === 'string' ? Buffer.from(secret) : secret)
