import type { LookupAddress } from 'node:dns'
import { describe, expect, it } from 'vitest'
import {
  isInternalAddress,
  isInternalLiteral,
  leadsInside,
  lookupPublic,
} from '../../../src/core/http/internal-address.ts'

const INTERNAL = [
  '127.0.0.1',
  '127.8.9.1',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::10.0.0.1',
]
const PUBLIC = [
  '1.1.1.1',
  '9.255.255.255',
  '11.0.0.0',
  '172.15.0.1',
  '172.32.0.1',
  '192.167.0.1',
  '100.128.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '::ffff:1.1.1.1',
  '64:ff9b::1.1.1.1',
]

const lookUp = (hostname: string, all: boolean) =>
  new Promise<unknown>((resolve) => {
    lookupPublic(hostname, { all }, (error, found: string | LookupAddress[]) => resolve(error ?? found))
  })

describe('An internal address', () => {
  it.each(INTERNAL)('is %s', (address) => {
    expect(isInternalAddress(address)).toBe(true)
  })

  it.each(PUBLIC)('is not %s', (address) => {
    expect(isInternalAddress(address)).toBe(false)
  })

  it('is seen in the host of a URL, however the URL writes it', () => {
    for (const host of ['2130706433', '0x7f.1', '[::1]', '[::ffff:10.0.0.1]', '017700000001', '127.1'])
      expect(isInternalLiteral(new URL(`http://${host}/`).hostname), host).toBe(true)
    expect(isInternalLiteral('example.com')).toBe(false)
    expect(isInternalLiteral('[2606:4700::1111]')).toBe(false)
  })

  it('is where `localhost` leads, and no name that nobody knows', async () => {
    expect(await leadsInside('localhost')).toBe(true)
    expect(await leadsInside('127.0.0.1')).toBe(true)
    expect(await leadsInside('nobody-knows.invalid')).toBe(false)
  })

  it('is not connected to through a name that leads there', async () => {
    for (const all of [true, false])
      expect(await lookUp('localhost', all)).toMatchObject({ message: 'localhost leads into a private network' })
    expect(await lookUp('nobody-knows.invalid', true)).toMatchObject({ syscall: 'getaddrinfo' })
  })
})
