import { describe, expect, it } from 'vitest'
import {
  MAX_ANSWER_BYTES,
  MAX_BODY_BYTES,
  MAX_REFUSED_BYTES,
  MAX_UNVERIFIED_BYTES,
  MAX_UNWRITTEN_BYTES,
  MAX_WAITING_BYTES,
} from '../../src/core/limits.ts'

describe('The limits', () => {
  it('leave room for the largest body wherever bodies gather', () => {
    for (const limit of [MAX_UNVERIFIED_BYTES, MAX_REFUSED_BYTES, MAX_WAITING_BYTES])
      expect(limit).toBeGreaterThanOrEqual(MAX_BODY_BYTES)
    expect(MAX_UNWRITTEN_BYTES).toBeGreaterThanOrEqual(MAX_BODY_BYTES + MAX_ANSWER_BYTES)
  })
})
