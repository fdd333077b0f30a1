import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerMalformed, malformedIn } from '../../../src/cli/mcp/answer-malformed.ts'

const REQUEST = '{"jsonrpc":"2.0","id":1,"method":"ping"}'

/** What is answered to bytes, however they are cut. */
function answersTo(chunks: readonly Buffer[], maxBytes: number): readonly unknown[] {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const off = answerMalformed(stdin, stdout, maxBytes)
  for (const chunk of chunks) stdin.emit('data', chunk)
  off()
  stdin.emit('data', Buffer.from('after its end\n'))
  const lines = textIn(stdout).split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line))
}

/** What a stream holds: Node 26 gives it piece by piece. */
function textIn(stream: PassThrough): string {
  const pieces: string[] = []
  for (let piece = stream.read(); piece !== null; piece = stream.read()) pieces.push(String(piece))
  return pieces.join('')
}

describe('A line from a client', () => {
  it.each([
    ['{"jsonrpc":"2.0","id":1,"method":', null, -32_700],
    ['hello', null, -32_700],
    ['5', null, -32_600],
    ['null', null, -32_600],
    ['[]', null, -32_600],
    [`[${REQUEST}]`, null, -32_600],
    ['{}', null, -32_600],
    ['{"id":2,"method":"ping"}', 2, -32_600],
    ['{"jsonrpc":"2.0","id":"a","method":5}', 'a', -32_600],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null, -32_600],
    ['{"jsonrpc":"2.0","id":1.5,"method":"ping"}', null, -32_600],
    ['{"jsonrpc":"2.0","id":3,"method":"ping","more":1}', 3, -32_600],
    ['{"jsonrpc":"2.0","id":6,"method":"tools/call","params":[1]}', 6, -32_602],
  ])('is answered where it is no message: %s', (line, id, code) => {
    expect(malformedIn(line)).toMatchObject({ id, code, message: expect.stringMatching(/./) })
  })

  it.each([
    REQUEST,
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}',
    '{"jsonrpc":"2.0","id":[],"result":5}',
    '{"jsonrpc":"2.0","method":"notifications/initialized","params":[1]}',
    '',
    '\r',
  ])('is left to the server where it is one, or where nobody waits for an answer: %j', (line) => {
    expect(malformedIn(line)).toBeNull()
  })

  it('is the same line wherever it is cut on its way', () => {
    const bytes = Buffer.from(`${REQUEST}\nhäß\n\n5\n${REQUEST}\n`)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        expect(answersTo(chunks, 100)).toMatchObject([{ error: { code: -32_700 } }, { error: { code: -32_600 } }])
      }),
    )
  })

  it('that is too long is answered once, before its end, and the next one is read again', () => {
    const chunks = ['x'.repeat(60), 'x'.repeat(60), 'x'.repeat(60), `\n${REQUEST}\n5\n`].map((part) =>
      Buffer.from(part),
    )
    expect(answersTo(chunks, 100)).toMatchObject([
      { id: null, error: { code: -32_600, message: 'a message is longer than 100 bytes' } },
      { id: null, error: { code: -32_600, message: 'a message is an object' } },
    ])
  })
})
