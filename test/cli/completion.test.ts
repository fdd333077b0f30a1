import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../src/cli/command-line/command-table.ts'
import { grammarOf } from '../../src/cli/completion/grammar.ts'
import { botFolder } from '../../src/daemon/account/bot-identity.ts'
import { type CliEnd, startCli } from '../support/cli/cli.ts'
import { completions, installedShells, type Shell } from '../support/cli/shells.ts'
import { folderForTest } from '../support/folder.ts'
import { delivery, NO_LABEL, openTestJournal } from '../support/journal/journal.ts'

const COMMAND_NAMES = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases])

async function scriptOf(shell: string): Promise<string> {
  const { code, stdout } = await (await startCli({ args: ['completion', shell] })).ended
  expect(code).toBe(0)
  return stdout
}

/** A folder with something in it to complete. */
async function folder(): Promise<string> {
  const path = await folderForTest()
  await mkdir(join(path, 'a folder'))
  await writeFile(join(path, 'bot.js'), '')
  return path
}

const offers = async (shell: Shell, ...lines: string[]): Promise<string[][]> =>
  completions(shell, await scriptOf(shell), lines, await folder())

describe.each(installedShells())('Completion in %s', (shell) => {
  it('offers every command, and what begins as typed', async () => {
    const [all = [], some = []] = await offers(shell, 'dev-hook ', 'dev-hook san')
    expect(all).toEqual(expect.arrayContaining([...COMMAND_NAMES, 'help']))
    expect(some).toEqual(['sandbox'])
  })

  it('offers the flags of each command, and no others', async () => {
    const lines = COMMANDS.map(({ name }) => `dev-hook ${name} --`)
    const found = await offers(shell, ...lines, 'dev-hook --')
    const wanted = [...COMMANDS, COMMANDS[0]].map((spec) => grammarOf(spec).flags.map(({ long }) => long))
    expect(found.map((flags) => new Set(flags.map((flag) => flag.replace(/=$/, ''))))).toEqual(
      wanted.map((flags) => new Set(flags)),
    )
  })

  it('offers the choices of a flag, in both spellings', async () => {
    const [spaced = [], part] = await offers(shell, 'dev-hook --tunnel ', 'dev-hook status --hook s')
    expect(spaced.toSorted()).toEqual(['loopback', 'ngrok'])
    expect(part).toEqual(['service'])
    const [joined = []] = await offers(shell, 'dev-hook --late=')
    expect(joined.map((choice) => choice.replace('--late=', '')).toSorted()).toEqual(['ack', 'retry'])
  })

  it('offers the outcomes that a delivery may have', async () => {
    const [outcomes, part] = await offers(shell, 'dev-hook events --outcome ', 'dev-hook events --outcome undel')
    expect(outcomes).toEqual(expect.arrayContaining(['answered', 'failed', 'timed-out']))
    expect(part).toEqual(['undelivered'])
  })

  it('asks dev-hook for profiles and ids', async () => {
    const cwd = await folder()
    const bin = join(cwd, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'dev-hook'), '#!/bin/sh\necho "$3-one"; echo "$3-two"\n', { mode: 0o755 })
    const lines = [
      'dev-hook replay ',
      'dev-hook replay ids-t',
      'dev-hook --profile ',
      'dev-hook doctor --profile profiles-o',
      'dev-hook trigger events-o',
    ]
    const [ids, oneId, profiles, oneProfile, oneEvent] = completions(shell, await scriptOf(shell), lines, cwd, bin)
    expect(ids?.toSorted()).toEqual(['ids-one', 'ids-two'])
    expect(oneId).toEqual(['ids-two'])
    expect(profiles?.toSorted()).toEqual(['profiles-one', 'profiles-two'])
    expect(oneProfile).toEqual(['profiles-one'])
    expect(oneEvent).toEqual(['events-one'])
  })

  it('offers the words of a command', async () => {
    const [shells = [], part] = await offers(shell, 'dev-hook completion ', 'dev-hook completion z')
    expect(shells.toSorted()).toEqual(['bash', 'fish', 'zsh'])
    expect(part).toEqual(['zsh'])
  })

  it('offers files and folders where a flag takes them, and nothing where only a person knows', async () => {
    const [file = [], directory = [], text] = await offers(
      shell,
      'dev-hook verify --body b',
      'dev-hook --cwd ',
      'dev-hook --port ',
    )
    expect(file).toContain('bot.js')
    expect(directory.map((name) => name.replaceAll('\\', '').replace(/\/$/, ''))).toEqual(['a folder'])
    expect(text).toEqual([])
  })

  it('leaves what stands after -- to the bot’s own command', async () => {
    const [programs = [], files = [], none] = await offers(
      shell,
      'dev-hook --port 3000 -- nod',
      'dev-hook sandbox -- node b',
      'dev-hook status -- nod',
    )
    expect(programs).toContain('node')
    expect(files).toContain('bot.js')
    expect(none).toEqual([])
  })
})

describe('dev-hook completion', () => {
  it('lists profiles, and ids newest first; nothing where there is none', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'dev-hook.config.json'), '{"profiles":{"sales":{"bot":"b1"},"support":{"bot":"none"}}}')
    const state = join(cwd, 'state')
    const { journal } = await openTestJournal(botFolder(join(state, 'dev-hook'), 'https://api.web1on1.chat', 'b1'))
    for (const id of ['d1', 'd2']) journal.record(delivery(id), NO_LABEL, null)
    await journal.close()
    const list = async (...args: string[]): Promise<CliEnd> =>
      (await startCli({ args: ['completion', '--list', ...args], cwd, env: { XDG_STATE_HOME: state } })).ended
    expect(await list('profiles')).toMatchObject({ code: 0, stdout: 'sales\nsupport\n', stderr: '' })
    expect(await list('ids', '--profile', 'sales')).toMatchObject({ code: 0, stdout: 'd2\nd1\n', stderr: '' })
    expect(await list('ids', '--profile', 'support')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    })
    expect((await list('events')).stdout.split('\n')).toEqual(expect.arrayContaining(['assign', 'user.login']))
    expect(await list('words')).toMatchObject({ code: 2, stdout: '' })
  })

  it('ends with 2 and the nearest name for a shell that it does not know', async () => {
    const { code, stderr } = await (await startCli({ args: ['completion', 'bsh'] })).ended
    expect(stderr).toContain('did you mean `bash`?')
    expect(code).toBe(2)
  })

  it('holds every flag in the script of every shell', async () => {
    const flags = COMMANDS.flatMap((spec) => grammarOf(spec).flags.map(({ long }) => long.slice(2)))
    for (const shell of ['bash', 'zsh', 'fish']) {
      const script = await scriptOf(shell)
      expect(flags.filter((flag) => !script.includes(flag))).toEqual([])
    }
  })
})
