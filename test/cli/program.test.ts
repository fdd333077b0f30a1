import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { parse } from '../../src/cli/program.ts'
import { envNames, flagName, OPTION_KEYS, optionOf } from '../../src/config/options.ts'

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

  it('refuses a command where none can be started, and an empty one', () => {
    expect(problemOf('status', '--', 'node').code).toBe('DEVHOOK_USAGE')
    expect(problemOf('--').code).toBe('DEVHOOK_USAGE')
  })

  it('has a flag for every option that is no secret, and none for a secret', () => {
    const help = parse(['--help'])
    if (help.is !== 'help') throw new Error('no help')
    for (const key of OPTION_KEYS) {
      const name = new RegExp(`--(no-)?${flagName(key)}\\b`)
      if (optionOf(key).flag === false) expect(help.text).not.toMatch(name)
      else expect(help.text).toMatch(name)
      expect(envNames(key)[0]).toMatch(/^DEV_HOOK_[A-Z_]+$/)
    }
  })

  it('teaches each command with a description and examples', () => {
    for (const { name } of COMMANDS) {
      const help = parse([name, '--help'])
      expect(help.is === 'help' && help.text).toMatch(/Examples:\n {2}\S/)
    }
  })
})
