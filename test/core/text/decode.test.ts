import { describe, expect, it } from 'vitest'
import { decodeText } from '../../../src/core/text/decode.ts'

const TEXT = 'A=ü\r\n'

describe('The text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), false],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`), false],
    ['UTF-16', Buffer.from(`\uFEFF${TEXT}`, 'utf16le'), true],
    ['UTF-16 with its bytes the other way round', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16(), true],
  ])('is read in %s', (_, bytes, isUtf16) => {
    expect(decodeText(bytes)).toEqual({ text: TEXT, isUtf16 })
  })

  it('is never an error, whatever the bytes are', () => {
    expect(decodeText(Buffer.from([0x41, 0xff, 0x42]))).toEqual({ text: 'A\uFFFDB', isUtf16: false })
    expect(decodeText(Buffer.from([0xff, 0xfe, 0x41]))).toEqual({ text: '\uFFFD', isUtf16: true })
    expect(decodeText(Buffer.alloc(0))).toEqual({ text: '', isUtf16: false })
  })
})
