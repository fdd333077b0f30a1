// Which headers travel, and that those that do stay as they were.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forwardHeaders, replyHeaders } from '../../src/delivery/headers.ts'

const HOP_BY_HOP = [
  'Connection',
  'keep-alive',
  'Proxy-Authenticate',
  'proxy-authorization',
  'Proxy-Connection',
  'TE',
  'trailer',
  'Transfer-Encoding',
  'UPGRADE',
]

describe('The headers of an attempt', () => {
  it('a forward keeps order, duplicates and case, and adds the id', () => {
    const received = ['X-B', '1', 'x-a', '2', 'X-b', '3', 'X-Forwarded-For', '10.0.0.1', 'X-Hub-Signature', 'sha1=00']
    expect(forwardHeaders(received, 'dlv_1')).toEqual([...received, 'x-dev-hook-delivery', 'dlv_1'])
  })

  it.each([...HOP_BY_HOP, 'Host', 'content-length', 'Expect'])('a forward leaves out %s', (name) => {
    expect(forwardHeaders(['a', '1', name, 'x', 'b', '2'], 'id').slice(0, -2)).toEqual(['a', '1', 'b', '2'])
  })

  it('a delivery cannot bring an id of its own', () => {
    expect(forwardHeaders(['X-Dev-Hook-Delivery', 'theirs'], 'ours')).toEqual(['x-dev-hook-delivery', 'ours'])
  })

  it('what connection names ends here too, wherever it stands', () => {
    const received = [
      'X-Hop',
      '1',
      'Connection',
      'close, x-HOP ,',
      'x-hop',
      '2',
      'connection',
      'Other',
      'other',
      '3',
      'x',
      '4',
    ]
    expect(forwardHeaders(received, 'id').slice(0, -2)).toEqual(['x', '4'])
  })

  it.each([...HOP_BY_HOP, 'Content-Length'])('a reply leaves out %s', (name) => {
    const raw = ['Set-Cookie', 'a=1', name, 'x', 'set-cookie', 'b=2', 'Host', 'h']
    expect(replyHeaders(raw.map((text) => Buffer.from(text, 'latin1')))).toEqual([
      'Set-Cookie',
      'a=1',
      'set-cookie',
      'b=2',
      'Host',
      'h',
    ])
  })

  it('a reply keeps bytes above ASCII', () => {
    const raw = [Buffer.from('x-name'), Buffer.from([0x80, 0xe9, 0xff])]
    expect(replyHeaders(raw)).toEqual(['x-name', '\u0080\u00e9\u00ff'])
  })

  it('whatever is not meant for one connection passes unchanged', () => {
    const header = fc.tuple(fc.stringMatching(/^[Xx]-[A-Za-z]{1,8}$/), fc.string())
    fc.assert(
      fc.property(fc.array(header), fc.array(fc.constantFrom(...HOP_BY_HOP)), fc.nat(), (headers, hops, at) => {
        const flat = headers.flat()
        const cut = (at % (headers.length + 1)) * 2
        const noise = hops.flatMap((name) => [name, 'close'])
        const received = [...flat.slice(0, cut), ...noise, ...flat.slice(cut)]
        expect(forwardHeaders(received, 'id').slice(0, -2)).toEqual(flat)
        expect(replyHeaders(received.map((text) => Buffer.from(text, 'latin1')))).toEqual(
          flat.map((text) => Buffer.from(text, 'latin1').toString('latin1')),
        )
      }),
    )
  })
})
