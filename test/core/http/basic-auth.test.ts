import { describe, expect, it } from 'vitest'
import { authorizationIn } from '../../../src/core/http/basic-auth.ts'

const sent = (url: string): string | null => {
  const header = authorizationIn(new URL(url))
  return header === null ? null : Buffer.from(header.replace(/^Basic /, ''), 'base64').toString()
}

describe('The credentials in a URL', () => {
  it.each([
    ['https://bots.example.com/', null],
    ['https://jo:pw@bots.example.com/', 'jo:pw'],
    ['https://jo@bots.example.com/', 'jo:'],
    ['https://:pw@bots.example.com/', ':pw'],
    ['https://us%20er:p%40ss@bots.example.com/', 'us er:p@ss'],
    ['https://jo:100%@bots.example.com/', 'jo:100%'],
  ])('of %s are sent as %j', (url, expected) => {
    expect(sent(url)).toBe(expected)
  })
})
