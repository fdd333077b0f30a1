// Proofs of another dev-hook: who may ask for what.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createProof,
  createProofCheck,
  doneReply,
  faultIn,
  isDone,
  MAX_SKEW_MS,
  PROOF_FAULTS,
  type ProofRequest,
  refusedReply,
} from '../../src/protocol/proof.ts'

const NOW = 1_800_000_000_000
const SECRET = 'the secret of the webhook'
const request: ProofRequest = { what: 'hand-over', runId: 'a'.repeat(32), content: 'jo@desk pid 7' }
const checkAt = (now: number) => createProofCheck(() => now)

describe('A proof', () => {
  it('holds for the request that it was made for', () => {
    expect(checkAt(NOW)(createProof(SECRET, request, NOW), SECRET, request)).toBeNull()
  })

  it.each<[string, Partial<ProofRequest>]>([
    ['something else', { what: 'hand-down' }],
    ['another run', { runId: 'b'.repeat(32) }],
    ['another name', { content: 'eve@desk pid 7' }],
  ])('does not hold for %s', (_, other) => {
    const proof = createProof(SECRET, request, NOW)
    expect(checkAt(NOW)(proof, SECRET, { ...request, ...other })).toBe('wrong')
  })

  it('does not hold with another secret, or without one', () => {
    expect(checkAt(NOW)(createProof('another', request, NOW), SECRET, request)).toBe('wrong')
    expect(checkAt(NOW)(undefined, SECRET, request)).toBe('missing')
  })

  it('holds once', () => {
    const check = checkAt(NOW)
    const proof = createProof(SECRET, request, NOW)
    expect(check(proof, SECRET, request)).toBeNull()
    expect(check(proof, SECRET, request)).toBe('used')
    expect(check(createProof(SECRET, request, NOW), SECRET, request)).toBeNull()
  })

  it('holds as long as the clocks of both are five minutes apart at most, and is never taken twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2 * MAX_SKEW_MS, max: 2 * MAX_SKEW_MS }),
        fc.array(fc.nat(10_000)),
        (skew, passes) => {
          let now = NOW + skew
          const check = createProofCheck(() => now)
          const proof = createProof(SECRET, request, NOW)
          const isInTime = Math.abs(skew) <= MAX_SKEW_MS
          expect(check(proof, SECRET, request)).toBe(isInTime ? null : 'late')
          for (const ms of isInTime ? passes : []) {
            now += ms
            check(createProof(SECRET, request, now), SECRET, request)
            expect(['used', 'late']).toContain(check(proof, SECRET, request))
          }
        },
      ),
    )
  })

  it('does not hold when a character of it is changed, and nothing else is taken for one', () => {
    const proof = createProof(SECRET, request, NOW)
    fc.assert(
      fc.property(fc.nat(proof.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(proof[at] !== character)
        const changed = proof.slice(0, at) + character + proof.slice(at + 1)
        expect(checkAt(NOW)(changed, SECRET, request)).toBe('wrong')
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(checkAt(NOW)(text, SECRET, request)).toBe('wrong')
      }),
    )
  })
})

describe('The reply to a proof', () => {
  it('says that it was done only to who knows the secret and has sent the proof', () => {
    const proof = createProof(SECRET, request, NOW)
    const done = doneReply(SECRET, proof)
    expect(isDone(done, SECRET, proof)).toBe(true)
    expect(isDone(doneReply('another', proof), SECRET, proof)).toBe(false)
    expect(isDone(done, SECRET, createProof(SECRET, request, NOW))).toBe(false)
    expect(isDone(null, SECRET, proof)).toBe(false)
    expect(faultIn(done)).toBeNull()
  })

  it('says why it was refused, in words that both know', () => {
    for (const fault of PROOF_FAULTS) expect(faultIn(refusedReply(fault))).toBe(fault)
    for (const other of [null, '', 'refused', 'refused because', 'wrong']) expect(faultIn(other)).toBeNull()
  })
})
