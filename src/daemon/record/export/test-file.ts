// A recorded conversation as a test: what people did line by line, and at the end the transcript of it all.
import { type Script, type ScriptAct, type ScriptStep, transcriptOf } from '../../../protocol/script/script.ts'
import { formatTranscript } from '../../../protocol/transcript/format.ts'
import { PLAIN, type TranscriptLine } from '../../../protocol/transcript/model.ts'

export const RUNNERS = ['vitest', 'node'] as const
export type Runner = (typeof RUNNERS)[number]

export interface TestFile {
  readonly runner: Runner
  /** Program and arguments that start the bot. */
  readonly command: readonly string[]
}

/** Writes the test of a script with one conversation, on `dev-hook/sandbox`. */
export function asTest(script: Script, { runner, command }: TestFile): string {
  const names = variablesOf(script)
  const started = `createSandbox({ command: ${array(command)}${arrival(script)} })`
  const title = text(titleOf(script))
  const body = [
    ...[...names].map(([name, { variable, is }]) => `const ${variable} = await sandbox.${is}({ name: ${text(name)} })`),
    ...script.steps.flatMap((step) => stepLines(step, names)),
    SETTLED,
    ...comparison(script, runner),
  ]
    .filter((line, at, all) => line !== SETTLED || all[at - 1] !== SETTLED)
    .map((line) => `  ${line}`)
  const head =
    runner === 'vitest'
      ? [
          "import { afterAll, expect, test } from 'vitest'",
          "import { createSandbox } from 'dev-hook/sandbox'",
          '',
          `const sandbox = await ${started}`,
          'afterAll(() => sandbox.close())',
          '',
          `test(${title}, async () => {`,
        ]
      : [
          "import assert from 'node:assert/strict'",
          "import { test } from 'node:test'",
          "import { createSandbox } from 'dev-hook/sandbox'",
          '',
          `test(${title}, async (t) => {`,
          `  const sandbox = await ${started}`,
          '  t.after(() => sandbox.close())',
          '',
        ]
  return [...head, ...body, '})'].join('\n')
}

const SETTLED = 'await sandbox.settled()'

interface Person {
  readonly variable: string
  readonly is: 'contact' | 'agent'
}

/** Everybody who does something, with the name of their variable: the contact first, whose conversation it is. */
function variablesOf({ steps }: Script): ReadonlyMap<string, Person> {
  const people = steps.flatMap(({ acts }) =>
    acts.flatMap(({ line }) => (line.by.is === 'bot' || isAssignment(line) ? [] : [line.by])),
  )
  const contact = people.find(({ is }) => is === 'contact') ?? { is: 'contact' as const, name: 'Somebody' }
  const names = new Map<string, Person>()
  const taken = new Set(['sandbox', 'test', 'expect', 't', 'assert'])
  for (const { name, is } of [contact, ...people]) {
    if (names.has(name)) continue
    const word = (/[a-z]+/i.exec(name.normalize('NFD'))?.[0] ?? is).toLowerCase()
    let variable = word
    for (let n = 2; taken.has(variable); n += 1) variable = `${word}${n}`
    taken.add(variable)
    names.set(name, { variable, is })
  }
  return names
}

/** How the bot came into the conversation. */
const arrival = ({ steps }: Script): string =>
  steps.some(({ acts }) => acts.some(({ line }) => isAssignment(line))) ? ", arrival: 'assigned'" : ''

const isAssignment = (line: TranscriptLine): boolean => line.kind === 'command' && /^\/assign\b/.test(line.text)

/** What people do; the test goes on when the bot has done what it did then. */
function stepLines({ acts, expected }: ScriptStep, names: ReadonlyMap<string, Person>): readonly string[] {
  const [contact] = names.values()
  // The routing of the sandbox assigns the conversation itself.
  const own = acts.filter(({ line }) => !isAssignment(line))
  const [only, ...others] = own
  if (only === undefined || contact === undefined) return []
  const answers = expected?.filter(
    ({ kind, ...line }) => kind !== 'command' && 'unseen' in line && line.unseen.length === 0,
  )
  if (others.length === 0 && answers !== undefined && only.line.by.is === 'contact') {
    const alone = waitingLines(only.line, contact.variable, answers.length)
    if (alone !== null) return alone
  }
  return [...own.flatMap((act) => actLines(act, names, contact.variable)), SETTLED]
}

/** The lines of a contact who waits for so many messages; `null` where that is not told so. */
function waitingLines(line: ScriptAct['line'], contact: string, answers: number): readonly string[] | null {
  const rest = answers > 1 ? [`await ${contact}.replies(${answers})`] : []
  if (line.kind === 'presses') return answers === 0 ? null : [`await ${contact}.press(${text(line.button)})`, ...rest]
  if (line.kind !== 'says' || line.unseen.length > 0 || line.contentType !== PLAIN) return null
  if (answers === 1) return [`await ${contact}.say(${text(line.text)})`]
  const waiting = answers === 0 ? [`await ${contact}.silence()`] : rest
  return [`${contact}.send(${text(line.text)})`, ...waiting]
}

function actLines({ line }: ScriptAct, names: ReadonlyMap<string, Person>, contact: string): readonly string[] {
  const person = line.by.is === 'bot' ? undefined : names.get(line.by.name)
  if (person === undefined) return []
  const { variable, is } = person
  const where = is === 'agent' ? `${contact}, ` : ''
  switch (line.kind) {
    case 'says':
      return [`${variable}.send(${where}${text(line.text)}${more(line)})`]
    case 'presses':
      return [`await ${variable}.press(${where}${text(line.button)}, { within: '500ms' }).catch(() => undefined)`]
    case 'command':
      return is === 'agent' ? [`${variable}.command(${where}${text(line.text)})`] : []
    case 'fills':
      return [`${contact}.conversation.post(${filledIn(line, variable)})`]
    case 'opens':
    case 'closes':
      return []
    default:
      return line satisfies never
  }
}

const filledIn = ({ field, value }: { readonly field: string; readonly value: string }, variable: string): string =>
  `{ type: 'field', role: 'contact', user: ${variable}.id, text: ${text(`.${field} ${value}`)} }`

function more({ unseen, contentType }: Extract<TranscriptLine, { kind: 'says' }>): string {
  const fields = [
    ...(unseen.includes('backchannel') ? ['backchannel: true'] : []),
    ...(unseen.includes('mention') ? ["type: 'mention'"] : []),
    ...(contentType === PLAIN ? [] : [`contentType: ${text(contentType)}`]),
  ]
  return fields.length === 0 ? '' : `, { ${fields.join(', ')} }`
}

function comparison(script: Script, runner: Runner): readonly string[] {
  const scenes = transcriptOf(script).map((scene) => ({
    heading: null,
    lines: scene.lines.filter(({ kind }) => kind !== 'command'),
  }))
  const transcript = formatTranscript(scenes)
  const [contact] = variablesOf(script).values()
  const found = `${contact?.variable ?? 'sandbox'}.transcript()`
  const lines = transcript.split('\n').map((line) => `  ${text(line)},`)
  const expected = ['[', ...lines, "].join('\\n')"]
  const [first = '', ...rest] = expected
  return runner === 'vitest'
    ? [`expect(${found}).toBe(${first}`, ...rest.slice(0, -1), `${rest.at(-1)})`]
    : [`assert.equal(${found}, ${first}`, ...rest.slice(0, -1), `${rest.at(-1)})`]
}

const titleOf = ({ name, steps }: Script): string => {
  const [first] = steps
  const said = first?.acts.find(({ line }) => line.kind === 'says')?.line
  return name ?? (said?.kind === 'says' ? `answers "${said.text.slice(0, 60)}" as it did` : 'answers as it did')
}

/** A text as a literal of JavaScript, in single quotes. */
const text = (value: string): string =>
  `'${JSON.stringify(value)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)}'`

const array = (words: readonly string[]): string => `[${words.map(text).join(', ')}]`
