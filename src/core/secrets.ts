// Comparing secrets without telling, by the time it takes, how much of a guess was right.
import { timingSafeEqual } from 'node:crypto'

/** True when both are the same bytes. Takes as long whatever differs; only the length may be found out. */
export function equalInConstantTime(given: string | Buffer, expected: string | Buffer): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
