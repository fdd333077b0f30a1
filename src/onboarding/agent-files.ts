// What init tells coding agents: a section of AGENTS.md, and a skill that teaches how to try the bot.
import { readdir, readFile } from 'node:fs/promises'
import { DevHookError } from '../core/errors.ts'
import { packageFile } from '../core/instance.ts'
import type { PlannedFile } from './plan.ts'
import { readProjectFile } from './read-text.ts'

/** A file that coding agents read, as it is; `text` is `null` when there is none. */
interface AgentFile {
  readonly name: string
  readonly text: string | null
}

/** What agents of every make read at the root of a project (https://agents.md). */
const GUIDE = 'AGENTS.md'
/** Where they look for skills (https://agentskills.io): a folder for each, of the name that the skill has. */
const SKILL = '.agents/skills/dev-hook/SKILL.md'

/** What stands in a folder in which somebody works with agents. */
const TRACES =
  /^(?:agents|claude|gemini)\.md$|^\.(?:agents|claude|codex|cursor|gemini|opencode|cursorrules|windsurfrules)$/i

/** Whether somebody works with agents in a folder, as its files show. */
export const expectsAgents = async (cwd: string): Promise<boolean> =>
  (await readdir(cwd)).some((name) => TRACES.test(name))

/**
 * The files for agents that change in a folder, for a bot that this command line starts; `null` when nothing shows one. Throws
 * `usage` for a file that cannot be read, or whose part of ours cannot be told from the rest.
 */
export async function planAgentFiles(cwd: string, command: string | null): Promise<PlannedFile[]> {
  // Whoever has it in other letters means the same file, and some systems take both for one.
  const guideName = (await readdir(cwd)).find((name) => name.toLowerCase() === GUIDE.toLowerCase()) ?? GUIDE
  const [guide, skill] = await Promise.all([readAgentFile(cwd, guideName), readAgentFile(cwd, SKILL)])
  return [
    { ...guide, after: withSection(guide, await template('AGENTS.md', command)) },
    { ...skill, after: skillText(skill, await template('SKILL.md', command)) },
  ]
    .map(({ name, text, after }) => ({ name, before: text, after, private: false }))
    .filter(({ before, after }) => before !== after)
}

const readAgentFile = async (cwd: string, name: string): Promise<AgentFile> => ({
  name,
  text: await readProjectFile(cwd, name),
})

/** The command line that stands in the templates. */
const EXAMPLE = 'node bot.js'

async function template(name: string, command: string | null): Promise<string> {
  const text = await readFile(packageFile(`config/agents/${name}`), 'utf8')
  return text.replaceAll(EXAMPLE, command ?? EXAMPLE)
}

/** Until where a skill says what it is for, to whoever chooses among many. */
const FRONT_MATTER = /^---\n[\s\S]*?\n---\n\n/

/** The skill; of one that is there, what its owner has written around our part stays. */
function skillText(skill: AgentFile, text: string): string {
  const [head = ''] = FRONT_MATTER.exec(text) ?? []
  const body = text.slice(head.length)
  return skill.text === null ? `${head}${section(body)}` : withSection(skill, body)
}

const START = '<!-- dev-hook:start -->'
const END = '<!-- dev-hook:end -->'
const NOTE = '<!-- `npx dev-hook init --agents` writes what stands between these two lines; anything else is yours. -->'

const section = (body: string): string => `${START}\n${NOTE}\n\n${body.trimEnd()}\n\n${END}\n`

/** The text of a file with our section in it: in place of the one that is there, else at the end. */
function withSection({ name, text }: AgentFile, body: string): string {
  if (text === null || text.trim() === '') return `${text ?? ''}${section(body)}`
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const ours = section(body).replaceAll('\n', eol)
  const [start, end] = [text.indexOf(START), text.indexOf(END)]
  if (start === -1 && end === -1) return `${text}${text.endsWith('\n') ? '' : eol}${eol}${ours}`
  const isPair = start < end && start === text.lastIndexOf(START) && end === text.lastIndexOf(END)
  if (start === -1 || !isPair) {
    throw new DevHookError('usage', `${name} has no single pair of the lines ${START} and ${END}`, {
      remedy: 'remove those lines, and what dev-hook has written between them, then start again',
    })
  }
  const after = text.slice(end + END.length)
  return `${text.slice(0, start)}${ours.trimEnd()}${after}`
}
