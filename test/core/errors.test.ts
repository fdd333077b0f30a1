// What an error says of itself.
import { describe, expect, it } from 'vitest'
import { DevHookError, ERRORS } from '../../src/core/errors.ts'

const failure = (code: string): Error => Object.assign(new Error(code), { code })

describe('An error', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE'])(
    'of a machine that has run out of something says what gives more (%s)',
    (code) => {
      const { remedy } = new DevHookError('stateUnwritable', 'no', { cause: failure(code) })
      expect(remedy).not.toBe(ERRORS.stateUnwritable.remedy)
      expect(remedy).toMatch(code.endsWith('FILE') ? /files/ : /disk space/)
    },
  )

  it.each([failure('EACCES'), new Error('what?'), undefined])(
    'of another cause has the remedy of its kind (%s)',
    (cause) => {
      expect(new DevHookError('stateUnwritable', 'no', { cause }).remedy).toBe(ERRORS.stateUnwritable.remedy)
    },
  )

  it('has the remedy of whoever knows better', () => {
    expect(new DevHookError('usage', 'no', { cause: failure('ENOSPC'), remedy: 'do so' }).remedy).toBe('do so')
  })
})
