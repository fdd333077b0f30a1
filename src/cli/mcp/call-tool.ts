// What a tool does when it is called: it asks the run that there is now, and answers in bounded text.
import { withDeadline } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import type { Redact } from '../../core/text/redact.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { InspectorClient } from '../../inspector/client.ts'
import { readInput } from '../../inspector/operations/read-input.ts'
import { type GivenTo, isOperation, type OperationName } from '../../inspector/operations/table.ts'
import { boundedJson } from './bounded-json.ts'
import { ANSWER_MS, type Tool, waitsForAnswer } from './tools.ts'

/** What a client is answered: text alone, as everything in it may come from outside. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
}

/** What the tools work with. */
export interface Toolbox {
  /** Whether tools that change something may be called. */
  readonly mayWrite: boolean
  /** Finds the run that there is now. Rejects with a `DevHookError` that says what to do where there is none. */
  readonly findRun: (signal: AbortSignal) => Promise<InspectorClient>
  /** Examines what a run needs. */
  readonly examine: (tunnel: boolean, signal: AbortSignal) => Promise<unknown>
  readonly redact: Redact
}

/** How long a call may take, in ms: a breakpoint in the bot may hold one, but not for ever. */
const CALL_MS = 10 * 60_000

/** Calls a tool. Never rejects: what went wrong is an answer, with what to do about it. */
export async function callTool(
  { name, changes }: Tool,
  given: Json,
  box: Toolbox,
  signal: AbortSignal,
): Promise<ToolAnswer> {
  try {
    if (changes && !box.mayWrite) {
      throw new DevHookError('notAllowed', `\`${name}\` changes something, and this dev-hook mcp only reads`, {
        remedy: 'ask the person you work for to start it as `dev-hook mcp --allow-write`',
      })
    }
    const limit = { ms: CALL_MS, reason: `\`${name}\` was not done within ${CALL_MS / 60_000} minutes` }
    const answer = await withDeadline([signal], limit, (limited) => perform(name, given, box, limited))
    return { text: boundedJson(cleanValue(answer, box.redact)), isError: false }
  } catch (thrown) {
    return { text: errorText(asDevHookError(thrown), box.redact), isError: true }
  }
}

async function perform(name: Tool['name'], given: Json, box: Toolbox, signal: AbortSignal): Promise<unknown> {
  if (!isOperation(name)) return box.examine(readTunnel(given), signal)
  const input = read(name, waitsForAnswer(name) ? { timeout: ANSWER_MS, ...given } : given)
  const { call } = await box.findRun(signal)
  return call(name, input, signal)
}

/** Reads the input of an operation before anything is asked. Throws `usage`. */
function read<N extends OperationName>(name: N, given: Json): GivenTo<N> {
  try {
    readInput(name, given)
    // It has just been read, and what was left out may be.
    return given as GivenTo<N>
  } catch (error) {
    if (!(error instanceof DevHookError)) throw error
    throw new DevHookError('usage', error.message, { cause: error, remedy: 'see the input schema of the tool' })
  }
}

function readTunnel({ tunnel = false, ...more }: Json): boolean {
  const [unknown] = Object.keys(more)
  if (typeof tunnel === 'boolean' && unknown === undefined) return tunnel
  const problem = unknown === undefined ? '`tunnel` is not true or false' : `unknown field \`${unknown}\``
  throw new DevHookError('usage', `doctor: ${problem}`, { remedy: 'see the input schema of the tool' })
}

/** What, and what to do, in two lines. */
function errorText({ code, lines, remedy }: DevHookError, redact: Redact): string {
  const clean = (text: string): string => sanitize(redact(text), 1_000)
  return [`${lines.map(clean).join('\n')} [${code}]`, `→ ${clean(remedy)}`].join('\n')
}
