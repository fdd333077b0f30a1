import { describe, expect, it } from 'vitest'
import { identityOf } from '../../../src/daemon/account/bot-identity.ts'

const NOTHING = { token: null, bot: null, profile: null, profiles: [], files: [], sources: {} }

describe('Without a token, the remedy', () => {
  it.each([
    ['names init and the sandbox where nothing is set up', {}, /`npx dev-hook init`.*`npx dev-hook sandbox`/],
    ['is not misled by the environment of the shell', { sources: { port: 'PORT' } }, /`npx dev-hook init`/],
    ['is the token where there is a config file', { files: ['/a/dev-hook.config.json'] }, /into TOKEN in `\.env`$/],
    ['is the token where there is an env file', { sources: { port: 'PORT in .env' } }, /into TOKEN in `\.env`$/],
    ['is the token of the profile that is chosen', { profile: 'echo', files: ['/a'] }, /TOKEN in `\.env\.echo`$/],
    [
      'says how a profile is chosen',
      { files: ['/a'], profiles: ['echo', 'quiz'] },
      /`--profile echo`.*DEV_HOOK_PROFILE/,
    ],
  ])('%s', (_, config, remedy) => {
    expect(() => identityOf({ ...NOTHING, ...config })).toThrow(
      expect.objectContaining({ code: 'DEVHOOK_TOKEN_MISSING', remedy: expect.stringMatching(remedy) }),
    )
  })

  it('comes with the names of the profiles', () => {
    const config = { ...NOTHING, files: ['/a'], profiles: ['echo', 'quiz'] }
    expect(() => identityOf(config)).toThrow('no profile is chosen; the config has echo, quiz')
  })
})
