// One place for the state of a user, whatever the environment says of it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findStateHome, stateProblem } from '../../src/config/state-home.ts'

const home = () => '/home/ann'
const find = (env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform = 'linux') =>
  findStateHome(env, platform, home)

describe('The state folder', () => {
  it('is the one that XDG_STATE_HOME names, and the one of the system where it names none', () => {
    expect(find({ XDG_STATE_HOME: '/state' })).toEqual({ folder: '/state/dev-hook', ignored: null })
    expect(find({ XDG_STATE_HOME: '' })).toEqual({ folder: '/home/ann/.local/state/dev-hook', ignored: null })
    expect(find({}, 'darwin').folder).toBe('/home/ann/Library/Application Support/dev-hook')
    expect(find({ LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' }, 'win32').folder).toBe(
      'C:\\Users\\ann\\AppData\\Local\\dev-hook\\state',
    )
  })

  it.each(['state', './state', '~/.local/state', '$HOME/state', '../elsewhere', ' /state'])(
    'is not %j, which is no absolute path, and says so',
    (named) => {
      const { folder, ignored } = find({ XDG_STATE_HOME: named })
      expect(folder).toBe('/home/ann/.local/state/dev-hook')
      expect(ignored).toContain(named)
      expect(ignored).toContain(folder)
    },
  )

  it('is absolute whatever is named', () => {
    fc.assert(
      fc.property(fc.string(), (named) => {
        expect(find({ XDG_STATE_HOME: named }).folder).toMatch(/^\//)
      }),
    )
  })

  it.each([{ HOME: '' }, { HOME: 'relative' }, {}])('is below the home that the system knows with %o', (env) => {
    expect(findStateHome(env, process.platform).folder).toMatch(/^(\/|[A-Z]:\\)/)
  })

  it('is missed with a remedy where there is no home at all', () => {
    const nobody = (): string => {
      throw new Error('uv_os_homedir returned ENOENT')
    }
    expect(() => findStateHome({}, 'linux', nobody)).toThrow('ENOENT')
    expect(findStateHome({ XDG_STATE_HOME: '/state' }, 'linux', nobody).folder).toBe('/state/dev-hook')
  })
})

describe('A file of the state folder that cannot be read', () => {
  const thrown = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code, path })
  const problemOf = (error: Error) => stateProblem(error, { XDG_STATE_HOME: '/state' }, 'linux')

  it('is a problem of its owner, whatever reads it', () => {
    expect(problemOf(thrown('EACCES', '/state/dev-hook/api/b1/lock'))).toMatchObject({
      code: 'DEVHOOK_STATE_UNREADABLE',
      message: '/state/dev-hook/api/b1/lock cannot be read: EACCES',
    })
  })

  it.each(['ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EIO'])('is not taken for a fault of ours either after %s', (code) => {
    expect(problemOf(thrown(code, '/state/dev-hook/api/b1/lock'))).toMatchObject({ code: 'DEVHOOK_STATE_UNREADABLE' })
  })

  it.each([
    ['another file is meant', thrown('EACCES', '/etc/shadow')],
    ['it is another error', thrown('EISDIR', '/state/dev-hook/api/b1/lock')],
    ['no file is named', new Error('EACCES')],
  ])('is not the problem where %s', (_, error) => {
    expect(problemOf(error)).toBeNull()
  })
})
