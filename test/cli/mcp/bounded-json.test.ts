import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedJson, MAX_ANSWER } from '../../../src/cli/mcp/bounded-json.ts'

describe('An answer for a language model', () => {
  it('is the whole value, where that is short', () => {
    const value = { text: 'hi \u202e there', list: [1, null, true] }
    expect(JSON.parse(boundedJson(value))).toEqual(value)
    // What would turn the text around on a terminal is escaped.
    expect(boundedJson(value)).toContain(String.raw`\u202e`)
  })

  it('is JSON of a bounded length, whatever comes in', () => {
    const long = fc.oneof(
      fc.string(),
      fc.integer({ min: 0, max: 200_000 }).map((n) => 'x\n"'.repeat(n)),
    )
    const lists = fc.array(fc.record({ a: long, b: fc.array(fc.string(), { maxLength: 2_000 }) }), { maxLength: 300 })
    fc.assert(
      fc.property(fc.oneof(long, lists, fc.jsonValue()), (value) => {
        const json = boundedJson(value)
        expect(json.length).toBeLessThanOrEqual(MAX_ANSWER)
        JSON.parse(json)
      }),
      { numRuns: 50 },
    )
  })

  it('says how much was left out of a text and of a list, and keeps both ends of the list', () => {
    const answer = JSON.parse(
      boundedJson({ body: 'x'.repeat(1_000_000), rows: Array.from({ length: 9_000 }, (_, i) => i) }),
    )
    expect(answer.body).toMatch(/^x{100,}… \(\d+ more characters\)$/)
    expect(answer.rows[0]).toBe(0)
    expect(answer.rows.at(-1)).toBe(8_999)
    expect(answer.rows).toContainEqual(expect.stringMatching(/^… \(\d+ more\)$/))
  })

  it('leaves the documents of the API out before it cuts what is beside them', () => {
    const message = { text: 'hi', document: { text: 'hi', meta: 'x'.repeat(1_000) } }
    expect(JSON.parse(boundedJson({ messages: [message] }))).toEqual({ messages: [message] })
    const many = JSON.parse(boundedJson({ messages: Array.from({ length: 600 }, () => message) }))
    expect(many.messages).toEqual(Array.from({ length: 600 }, () => ({ text: 'hi' })))
  })

  it('says so where nothing of it can be kept', () => {
    const wide = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`field ${i}`, i]))
    expect(JSON.parse(boundedJson(wide))).toEqual({ cut: expect.stringContaining('ask for less') })
  })
})
