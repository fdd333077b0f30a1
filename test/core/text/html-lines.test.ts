import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlLines } from '../../../src/core/text/html-lines.ts'

describe('HTML as text', () => {
  it.each([
    ['<p>Hello <b>you</b> &amp; me</p><p>Bye</p>', ['Hello you & me', 'Bye']],
    ['one<br>two<br/>three', ['one', 'two', 'three']],
    ['<ul><li>one</li><li>two</li></ul>', ['- one', '- two']],
    ['see <a href="https://example.com/">this</a>.', ['see this (https://example.com/).']],
    ['<a href=https://example.com/>https://example.com/</a>', ['https://example.com/']],
    ["<img alt='a cat' src=cat.png>", ['a cat cat.png']],
    ['<style>p { color: red }</style><script>if (a < b) x()</script>text<!-- no -->', ['text']],
    ['a < b and c > d, 1<2', ['a < b and c > d, 1<2']],
    ['&lt;p&gt; &#8364;&#x20ac;&euro; &unknown; &#0;', ['<p> €€€ &unknown; &#0;']],
    ['  spaces \n\n and   lines  ', ['spaces and lines']],
    ['no end <b', ['no end <b']],
    ['', []],
  ] as const)('%j reads %j', (html, lines) => {
    expect(htmlLines(html)).toEqual(lines)
  })

  it('has no tag left of anything', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      'text',
      '<',
      '>',
      '<!--',
      '-->',
      '<a href="',
      '"',
      '<script>',
      '</script>',
      '&amp;',
      ' ',
      '<b',
      '/',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const lines = htmlLines(pieces.join(''))
        for (const line of lines) expect(line).not.toMatch(/<\/?(?:p|script)>/)
      }),
    )
  })
})
