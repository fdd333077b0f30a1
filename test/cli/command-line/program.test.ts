import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../src/cli/command-line/command-table.ts'
import { helpOf } from '../../../src/cli/command-line/help.ts'
import { parse } from '../../../src/cli/command-line/program.ts'
import { envNames, flagName } from '../../../src/config/option-names.ts'
import { OPTION_KEYS, optionOf } from '../../../src/config/options.ts'

const runOf = (...argv: string[]) => {
  const parsed = parse(argv)
  if (parsed.is !== 'run') throw new Error('help')
  return parsed
}

const problemOf = (...argv: string[]): { readonly message: string; readonly remedy: string; readonly code: string } => {
  try {
    parse(argv)
  } catch (error) {
    return error as { readonly message: string; readonly remedy: string; readonly code: string }
  }
  throw new Error('it was accepted')
}

describe('The command line', () => {
  it('without a command is the daemon, by any of its names', () => {
    for (const argv of [[], ['dev'], ['listen']]) expect(runOf(...argv).spec.name).toBe('dev')
  })

  it('leaves what stands after -- untouched', () => {
    const { options, command } = runOf('-p', '4002', '--', 'node', 'bot.js', '--port', '9', '-x', '--')
    expect(options).toEqual({ port: '4002' })
    expect(command).toEqual(['node', 'bot.js', '--port', '9', '-x', '--'])
  })

  it('gives only what was given: a default is not an option', () => {
    expect(runOf().options).toEqual({})
    expect(runOf('--no-restore', '--no-watch').options).toEqual({ restore: false, watch: false })
  })

  it('is asked for its version with any command, and for help with none that there is not', () => {
    for (const argv of [
      ['--json', '--version'],
      ['sandbox', '-V'],
    ])
      expect(parse(argv)).toEqual({ is: 'version' })
    expect(problemOf('--verson').message).toContain('`--version`')
    expect(parse(['help', '--no-color', 'events'])).toMatchObject({ is: 'help', spec: { name: 'events' } })
    expect(problemOf('help', 'evnts').message).toContain('did you mean `events`?')
    expect(problemOf('help', 'nothing-like-it').remedy).toBe('see `dev-hook --help`')
  })

  it('refuses an empty value, which a script gives whose variable is not set, and a word too many', () => {
    expect(problemOf('replay', '--conversation', '').message).toBe('`--conversation` is empty')
    expect(problemOf('events', '--since=').message).toBe('`--since` is empty')
    expect(runOf('events', '-q', '').own).toEqual({ query: '' })
    expect(problemOf('say', 'hi', 'there')).toMatchObject({
      message: 'unknown argument `there`',
      remedy: 'put quotes around what has spaces, or see `dev-hook say --help`',
    })
  })

  it('collects a repeated list', () => {
    expect(runOf('-e', 'a.*,b', '--events', 'c').options).toEqual({ events: ['a.*,b', 'c'] })
  })

  it('names the nearest flag and the nearest command', () => {
    expect(problemOf('--prot', '1')).toMatchObject({
      code: 'DEVHOOK_USAGE',
      message: expect.stringContaining('--port'),
    })
    expect(problemOf('statsu')).toMatchObject({ code: 'DEVHOOK_USAGE', message: expect.stringContaining('`status`') })
    expect(problemOf('node', 'bot.js').remedy).toContain('--')
  })

  it('takes flags before the command that they are of', () => {
    const { spec, own, options } = runOf('--json', 'events', '--last', '1')
    expect([spec.name, own, options]).toEqual(['events', { last: '1' }, { json: true }])
    expect(runOf('--profile', 'events', 'status').options).toEqual({ profile: 'events' })
    expect(runOf('-p4002', '--say=hi', 'sandbox', '--', 'node', 'bot.js')).toMatchObject({
      own: { say: ['hi'] },
      options: { port: '4002' },
      command: ['node', 'bot.js'],
    })
    expect(runOf('--last', 'replay')).toMatchObject({ spec: { name: 'replay' }, own: { last: true } })
    expect(problemOf('--json', 'evnts').message).toContain('did you mean `events`?')
  })

  it.each([
    ['version', 'unknown command `version`; did you mean `--version`?', 'see `dev-hook --help`'],
    ['port 3000', 'unknown command `port`; did you mean `--port`?', 'see `dev-hook --help`'],
    ['-v', 'unknown option `-v`', 'write `--version`, or `--verbose`'],
    ['--sandbox', 'unknown option `--sandbox`', 'write the command without dashes: `dev-hook sandbox`'],
    ['--doctor', 'unknown option `--doctor`', 'write the command without dashes: `dev-hook doctor`'],
    ['sandbox --port 1 extra -- node bot.js', 'unknown argument `extra`', 'see `dev-hook sandbox --help`'],
    [
      'verify body.json',
      'unknown argument `body.json`',
      'give it by its flag: `dev-hook verify --body <file|-> --header <value> [options]`; see `dev-hook verify --help`',
    ],
  ])(
    'knows a flag without its dashes, a command with them, and a word too many: dev-hook %s',
    (line, message, remedy) => {
      expect(problemOf(...line.split(' '))).toMatchObject({ message, remedy })
    },
  )

  it('says where a flag belongs that the command does not have', () => {
    expect(problemOf('--last', '1')).toMatchObject({
      message: 'unknown option `--last`',
      remedy: 'it is a flag of `dev-hook events --last` and `dev-hook replay --last`',
    })
    expect(problemOf('status', '--tunnel', 'ngrok').remedy).toContain('`dev-hook --tunnel`')
    expect(problemOf('--last=2').remedy).toContain('`dev-hook events --last`')
  })

  it.each([
    ['--json=false', 'option `--json` takes no value', 'write `--no-json` instead'],
    ['--take-over=maybe', 'option `--take-over` takes no value', 'leave out `=maybe`'],
    ['--no-watch=no', 'option `--no-watch` takes no value', 'leave out `=no`'],
    ['events --follow=5', 'option `--follow` takes no value', 'leave out `=5`'],
  ])('says that a flag takes no value, and how it is turned off: dev-hook %s', (line, message, remedy) => {
    expect(problemOf(...line.split(' '))).toMatchObject({ message, remedy })
  })

  it.each([
    ['node bot.js', 'dev-hook -- node bot.js'],
    ['bot.js', 'dev-hook -- node bot.js'],
    ['src/bot.ts', 'dev-hook -- tsx src/bot.ts'],
    ['npm start', 'dev-hook -- npm start'],
    ['dev node bot.js', 'dev-hook -- node bot.js'],
    ['sandbox node bot.js', 'dev-hook sandbox -- node bot.js'],
    ['sandbox --say hi node --inspect bot.js', 'dev-hook sandbox --say hi -- node --inspect bot.js'],
    ['--port 3000 node bot.js', 'dev-hook --port 3000 -- node bot.js'],
    ['--json sandbox node bot.js', 'dev-hook sandbox --json -- node bot.js'],
  ])('gives the line with the forgotten -- for: dev-hook %s', (line, remedy) => {
    expect(problemOf(...line.split(' ')).remedy).toContain(remedy)
  })

  it('knows which package manager has started it, and what that makes of dashes and flags', () => {
    const script = { npm_lifecycle_event: 'dev', npm_lifecycle_script: 'dev-hook --port 3000' }
    const remedyOf = (env: Readonly<Record<string, string>>, ...argv: string[]): unknown => {
      try {
        return parse(argv, env)
      } catch (error) {
        return error instanceof Error && 'remedy' in error ? error.remedy : error
      }
    }
    const npm = { ...script, npm_config_user_agent: 'npm/10.8.2 node/v20' }
    const inScript = '"dev": "dev-hook --port 3000 -- node bot.js"'
    expect(remedyOf(npm, '--port', '3000', 'bot.js')).toContain(inScript)
    expect(remedyOf(npm, '--port', '3000', 'bot.js')).toContain('npm run dev -- -- node bot.js')
    const pnpm = { ...script, npm_config_user_agent: 'pnpm/9.0.0' }
    expect(remedyOf(pnpm, '--port', '3000', 'bot.js')).toContain(inScript)
    expect(remedyOf(pnpm, '--port', '3000', 'bot.js')).not.toContain('npm run')
    const eaten = { ...npm, npm_config_path: 'true' }
    expect(remedyOf(eaten, '--port', '3000', '/hook')).toContain('npm run dev -- --path /hook')
  })

  it('refuses a command where none can be started, and an empty one', () => {
    expect(problemOf('status', '--', 'node').code).toBe('DEVHOOK_USAGE')
    expect(problemOf('--').code).toBe('DEVHOOK_USAGE')
  })

  it('has a flag for every option that is not a secret, and none for a secret', () => {
    const help = helpOf(COMMANDS[0], {})
    for (const key of OPTION_KEYS) {
      const name = new RegExp(`--(no-)?${flagName(key)}\\b`)
      if (optionOf(key).flag === false) expect(help).not.toMatch(name)
      else expect(help).toMatch(name)
      expect(envNames(key)[0]).toMatch(/^DEV_HOOK_[A-Z_]+$/)
    }
  })

  it('teaches each command with a description and examples', () => {
    for (const { name } of COMMANDS) {
      const help = parse([name, '--help'])
      expect(help.is === 'help' && helpOf(help.spec, {})).toMatch(/Examples:\n {2}\S/)
    }
  })
})
