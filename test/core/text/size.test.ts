import { describe, expect, it } from 'vitest'
import { formatSize } from '../../../src/core/text/size.ts'

const MIB = 1024 * 1024

describe('A size', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1_023, '1023 B'],
    [1_024, '1 KiB'],
    [1_536, '1.5 KiB'],
    [MIB - 1, '1 MiB'],
    [10 * MIB, '10 MiB'],
    [1_024 * MIB, '1 GiB'],
    [5_000 * 1_024 * MIB, '5000 GiB'],
  ])('of %i bytes is read as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })
})
