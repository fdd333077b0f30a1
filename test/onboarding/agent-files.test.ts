import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { parse } from '../../src/cli/command-line/program.ts'
import { expectsAgents, planAgentFiles } from '../../src/onboarding/agent-files.ts'
import { writeAll } from '../../src/onboarding/write-all.ts'
import { folderForTest } from '../support/folder.ts'

const SKILL = '.agents/skills/dev-hook/SKILL.md'

const text = (cwd: string, name: string): Promise<string> => readFile(join(cwd, name), 'utf8')

/** Writes what is planned for a folder, and gives the names. */
async function tell(cwd: string, command: string | null = 'node bot.js'): Promise<readonly string[]> {
  const files = await planAgentFiles(cwd, command)
  await writeAll(cwd, files, new AbortController().signal)
  return files.map(({ name }) => name)
}

describe('What coding agents are told', () => {
  it('is a section of AGENTS.md, and a skill whose folder has its name', async () => {
    const cwd = await folderForTest()
    expect(await tell(cwd, 'tsx src/bot.ts')).toEqual(['AGENTS.md', SKILL])
    expect(await text(cwd, 'AGENTS.md')).toContain('npx dev-hook sandbox -- tsx src/bot.ts\n')
    const skill = await text(cwd, SKILL)
    expect(skill).toContain('-- tsx src/bot.ts > sandbox.log\n')
    const [, head = ''] = skill.split('---\n')
    const { name, description } = parseYaml(head)
    expect(name).toBe('dev-hook')
    // As the specification of skills has it.
    expect(description.length).toBeLessThanOrEqual(1024)
  })

  it('names only commands and flags that there are', async () => {
    const cwd = await folderForTest()
    await tell(cwd)
    const texts = [await text(cwd, 'AGENTS.md'), await text(cwd, SKILL)].join('\n')
    const blocks = [...texts.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'))
    const inText = [...texts.matchAll(/`((?:npx )?dev-hook [^`<]*)`/g)].map(([, line = '']) => line)
    const lines = [...blocks, ...inText]
      .map((line) =>
        line
          .replace(/\s#.*$/, '')
          .trim()
          .replace(/^npx /, ''),
      )
      .filter((line) => line.startsWith('dev-hook'))
    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines) {
      const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
      expect(() => parse(words.slice(1)), line).not.toThrow()
    }
  })

  it('changes nothing the second time', async () => {
    const cwd = await folderForTest()
    await tell(cwd)
    expect(await tell(cwd)).toEqual([])
  })

  it.each([
    ['with a last line', '# Mine\n\nUse tabs.\n'],
    ['without an end of its last line', '# Mine'],
    ['with lines that end as on Windows', '\uFEFF# Mine\r\n\r\nUse tabs.\r\n\r\n\r\n'],
  ])('keeps everything else in an AGENTS.md (%s)', async (_, mine) => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'AGENTS.md'), mine)
    await tell(cwd)
    const first = await text(cwd, 'AGENTS.md')
    expect(first.startsWith(mine)).toBe(true)
    if (mine.includes('\r\n')) expect(first).not.toMatch(/[^\r]\n/)
    // What is written below our part, and what somebody has made of that.
    const eol = mine.includes('\r\n') ? '\r\n' : '\n'
    const edited = `${first.replace('## Trying the bot', '## Something else')}${eol}Below.${eol}`
    await writeFile(join(cwd, 'AGENTS.md'), edited)
    expect(await tell(cwd)).toEqual(['AGENTS.md'])
    expect(await text(cwd, 'AGENTS.md')).toBe(`${first}${eol}Below.${eol}`)
  })

  it('goes into the guide that is there in other letters, and into no file of one maker', async () => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'Agents.md'), 'mine\n')
    await writeFile(join(cwd, 'CLAUDE.md'), 'mine\n')
    expect(await tell(cwd)).toEqual(['Agents.md', SKILL])
    expect(await text(cwd, 'CLAUDE.md')).toBe('mine\n')
  })

  it('keeps what its owner has added to the skill', async () => {
    const cwd = await folderForTest()
    await tell(cwd)
    const written = await text(cwd, SKILL)
    await writeFile(join(cwd, SKILL), `${written}\nOur test contact is called Kim.\n`)
    expect(await tell(cwd, 'node other.js')).toEqual(['AGENTS.md', SKILL])
    const kept = written.replaceAll('node bot.js', 'node other.js')
    expect(await text(cwd, SKILL)).toBe(`${kept}\nOur test contact is called Kim.\n`)
  })

  it.each([
    ['only the beginning', '<!-- dev-hook:start -->\nmine\n'],
    ['only the end', 'mine\n<!-- dev-hook:end -->\n'],
    ['them the wrong way round', '<!-- dev-hook:end -->\nmine\n<!-- dev-hook:start -->\n'],
    ['two of one', '<!-- dev-hook:start -->\nmine\n<!-- dev-hook:start -->\n<!-- dev-hook:end -->\n'],
  ])('leaves a file alone that has of the two lines %s, and says what to do', async (_, mine) => {
    const cwd = await folderForTest()
    await writeFile(join(cwd, 'AGENTS.md'), mine)
    await expect(planAgentFiles(cwd, null)).rejects.toMatchObject({
      message: expect.stringContaining('AGENTS.md has no single pair of the lines'),
      remedy: expect.stringContaining('remove those lines'),
    })
  })

  it('leaves no folder behind when another file cannot be written', async () => {
    const cwd = await folderForTest()
    const files = await planAgentFiles(cwd, null)
    const changed = { name: 'package.json', before: '{}', after: '{ }', private: false }
    await expect(writeAll(cwd, [...files, changed], new AbortController().signal)).rejects.toThrow('package.json')
    expect(await planAgentFiles(cwd, null)).toEqual(files)
    await expect(text(cwd, '.agents')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it.each(['AGENTS.md', 'CLAUDE.md', '.cursor', '.claude'])('is expected where there is %s', async (name) => {
    const cwd = await folderForTest()
    expect(await expectsAgents(cwd)).toBe(false)
    await mkdir(join(cwd, name))
    expect(await expectsAgents(cwd)).toBe(true)
  })
})
