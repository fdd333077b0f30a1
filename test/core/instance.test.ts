import { expect, it } from 'vitest'
import { whoAmI, withoutPid } from '../../src/core/instance.ts'

it('A dev-hook calls itself by user, host and process, and is the same person without the last', () => {
  expect(whoAmI(() => 'John Smith')).toMatch(/^John Smith@.+ pid \d+$/)
  expect(withoutPid('John Smith@PC pid 7')).toBe('John Smith@PC')
})

it('A user whom the system knows by number alone has a name all the same', () => {
  const unknown = (): never => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  }
  expect(whoAmI(unknown)).toMatch(/^uid\d*@.+ pid \d+$/)
})
