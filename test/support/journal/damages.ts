// Damages to a file, as disks, crashes and editors make them: drawn by fast-check, so that a seed repeats them.
import fc from 'fast-check'

/** What happened to some bytes. `at` and `to` are shares of the length, from 0 up to 1. */
export type Damage = { readonly at: number } & (
  | { readonly kind: 'bit'; readonly bit: number }
  | { readonly kind: 'overwritten'; readonly bytes: Uint8Array }
  | { readonly kind: 'zeros' | 'cut out' | 'truncated'; readonly length: number }
  | { readonly kind: 'inserted'; readonly bytes: Uint8Array }
  | { readonly kind: 'copied'; readonly to: number; readonly length: number }
)

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 512 }))
const bytes = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 64 }),
  fc.constantFrom('\n', '"', '}', '{', '0', '9', '\\', '}\n').map((text) => Buffer.from(text)),
)

export const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ at: share, kind: fc.constant('bit' as const), bit: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ at: share, kind: fc.constant('overwritten' as const), bytes }) },
  {
    weight: 3,
    arbitrary: fc.record({ at: share, kind: fc.constantFrom('zeros' as const, 'cut out', 'truncated'), length }),
  },
  { weight: 1, arbitrary: fc.record({ at: share, kind: fc.constant('inserted' as const), bytes }) },
  { weight: 1, arbitrary: fc.record({ at: share, to: share, kind: fc.constant('copied' as const), length }) },
)

/** The bytes after a damage. */
export function damaged(whole: Buffer, damage: Damage): Buffer {
  const at = Math.floor(damage.at * whole.length)
  const changed = Buffer.from(whole)
  switch (damage.kind) {
    case 'bit':
      changed[at] = (changed[at] ?? 0) ^ (1 << damage.bit)
      return changed
    case 'overwritten':
      changed.set(damage.bytes.subarray(0, whole.length - at), at)
      return changed
    case 'zeros':
      return changed.fill(0, at, Math.min(changed.length, at + damage.length))
    case 'cut out':
      return Buffer.concat([whole.subarray(0, at), whole.subarray(at + damage.length)])
    case 'truncated':
      return whole.subarray(0, at)
    case 'inserted':
      return Buffer.concat([whole.subarray(0, at), damage.bytes, whole.subarray(at)])
    case 'copied': {
      const to = Math.floor(damage.to * whole.length)
      return Buffer.concat([whole.subarray(0, to), whole.subarray(at, at + damage.length), whole.subarray(to)])
    }
    default:
      return damage satisfies never
  }
}
