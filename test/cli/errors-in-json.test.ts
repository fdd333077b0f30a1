import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-line/command-table.ts'
import { ERRORS } from '../../src/core/errors.ts'
import { startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'

/** For each command, a line that it refuses by itself, beside those that all of them refuse. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  dev: [],
  sandbox: ['--say', ' '],
  init: ['--port', '70000'],
  doctor: ['--offline', '--live'],
  status: ['--api-host', 'ftp://x'],
  restore: ['--api-host', 'ftp://x'],
  events: ['show'],
  replay: ['--last', '0'],
  say: [],
  trigger: [],
  bisect: ['no-such-file'],
  relay: ['assign'],
  verify: ['--body', 'no-such-file'],
  completion: ['tcsh'],
}

/** In a process without a terminal, whose input stays open: what waits for an answer there would wait for ever. */
async function endOf(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const cli = await startCli({ args, env })
  const { code, stdout } = await cli.ended
  const errors = cli.notices.filter(({ type }) => type === 'error')
  return { code, stdout, errors }
}

const AN_ERROR = {
  type: 'error',
  time: expect.stringMatching(/^\d{4}-/),
  code: expect.stringMatching(/^DEVHOOK_[A-Z_]+$/),
  message: expect.stringMatching(/\S/),
  remedy: expect.stringMatching(/\S/),
}

describe('An error in the JSON', () => {
  // What speaks a protocol on stdout has tests of its own.
  it.each(COMMANDS.filter(({ isProtocol }) => isProtocol !== true).map(({ name }) => name))(
    'of `dev-hook %s` has its code and its remedy, and nobody is asked without a terminal',
    async (name) => {
      const own = REFUSED[name]
      if (own === undefined) throw new Error(`the test has no line that \`dev-hook ${name}\` refuses`)
      const [refused, unknown] = await Promise.all([
        endOf([name, '--json', ...own]),
        endOf([name, '--json', '--no-such-flag']),
      ])
      for (const { code, errors } of [refused, unknown]) {
        expect(code).not.toBe(0)
        expect(errors).toEqual([AN_ERROR])
      }
    },
  )

  it.each([
    [['relay', 'status', 'more']],
    [['relay', 'assign', '5c1a9e', 'anna', 'more']],
    [['trigger', '--list', 'more']],
  ])('names the word that `dev-hook %j` has no use for', async (words) => {
    const { code, errors } = await endOf([...words, '--json'])
    expect(code).toBe(2)
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining('`more`') })])
  })

  it('is written where the environment asks for JSON, or a build server does, and not where text is asked for', async () => {
    const wrong = ['events', 'show']
    expect((await endOf(wrong, { DEV_HOOK_JSON: 'true' })).errors).toEqual([AN_ERROR])
    expect((await endOf(wrong, { CI: 'true' })).errors).toEqual([AN_ERROR])
    expect((await endOf(wrong)).stdout).toBe('')
    expect((await endOf([...wrong, '--no-json'], { CI: 'true' })).stdout).toBe('')
    // There stdout is for the answer.
    expect((await endOf(['sandbox', '--say', ' '], { CI: 'true' })).stdout).toBe('')
  })

  it('is written where the config file asks for JSON', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'dev-hook.config.json'), '{ "json": true }')
    expect((await endOf(['verify', '--cwd', cwd])).errors).toEqual([AN_ERROR])
  })

  it('has a remedy in every row of the table', () => {
    for (const { code, remedy } of Object.values(ERRORS))
      expect([code, remedy]).toEqual([code, expect.stringMatching(/\S/)])
  })
})
