// The event templates of `config/events`: read and checked, with the file and the line of what is wrong.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { readSource } from '../../core/files/read-source.ts'
import { packageFile } from '../../core/instance.ts'
import { isRecord, type Json } from '../../core/json.ts'
import { decodeText } from '../../core/text/decode.ts'
import { parseJson } from '../../core/text/parse-json.ts'
import { positionAt } from '../../core/text/position.ts'
import type { EventTemplate, EventTemplates } from '../../protocol/templates/template.ts'
import { checkFile, checkWhole, type JsonPlace, type TemplateProblem, templateOf } from './check-templates.ts'

/** The folder of the package. */
const FOLDER = packageFile('config/events')

/** A file of templates as it was read. */
interface TemplateFile {
  readonly path: string
  readonly text: string
  readonly value: unknown
}

/**
 * Reads every `.json` file of a folder, in the order of their names. Throws `usage` with everything that is wrong with them: file,
 * line and what.
 */
export async function readTemplates(folder: string = FOLDER): Promise<EventTemplates> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
  const files = await Promise.all(names.map((name) => readFile(join(folder, name))))
  const wrong = await Promise.all(files.map(async (file) => located(file, checkFile(file.value))))
  refuse(wrong.flat())

  // What most people look for stands first.
  const isMessage = ({ events }: EventTemplate): boolean => events[0]?.startsWith('message.create.') === true
  const all = files.flatMap(({ value }) => entriesIn(value, 'templates').map(templateOf))
  const templates = all.toSorted((a, b) => Number(isMessage(b)) - Number(isMessage(a)))
  const parts = Object.fromEntries(files.flatMap(({ value }) => entriesIn(value, 'parts')))
  const whole = await Promise.all(
    files.map(async (file) => located(file, checkWhole(file.value, { templates, parts }, firstOf(files)))),
  )
  refuse(whole.flat())
  return { templates, parts }
}

async function readFile(path: string): Promise<TemplateFile> {
  try {
    const { text } = decodeText(await readSource(path))
    return { path, text, value: parseJson(text) }
  } catch (cause) {
    throw new DevHookError('usage', `${path}: ${messageOf(cause)}`, { cause, remedy: REMEDY })
  }
}

const REMEDY = 'correct the template, or install dev-hook again'

function refuse(lines: readonly string[]): void {
  if (lines.length > 0) throw new DevHookError('usage', lines, { remedy: REMEDY })
}

function entriesIn(value: unknown, key: 'templates' | 'parts'): (readonly [string, Json])[] {
  const found = isRecord(value) ? value[key] : undefined
  return isRecord(found) ? Object.entries(found).filter((entry): entry is [string, Json] => isRecord(entry[1])) : []
}

/** Whether something of a name stands in this file and in none before it: no two files may say the same. */
function firstOf(
  files: readonly TemplateFile[],
): (kind: 'templates' | 'parts', name: string, value: unknown) => boolean {
  return (kind, name, value) =>
    files.find((file) => entriesIn(file.value, kind).some(([known]) => known === name))?.value === value
}

/** `…/config/events/user.json:12: what is wrong` */
async function located({ path, text }: TemplateFile, problems: readonly TemplateProblem[]): Promise<string[]> {
  if (problems.length === 0) return []
  const lineOf = await linesOf(text)
  return problems.map(({ at, message }) => `${path}:${lineOf(at)}: ${message}`)
}

/** Finds the line of a place. Loaded only where something is wrong: JSON is YAML, whose parser knows where everything stands. */
async function linesOf(text: string): Promise<(at: JsonPlace) => number> {
  const { parseDocument, isNode } = await import('yaml')
  const document = parseDocument(text, { uniqueKeys: false })
  return (at) => {
    for (let depth = at.length; depth >= 0; depth -= 1) {
      const node = document.getIn(at.slice(0, depth), true)
      if (isNode(node) && node.range) return positionAt(text, node.range[0]).line
    }
    return 1
  }
}
