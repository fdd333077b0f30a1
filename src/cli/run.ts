// One command line from start to exit code.
import { asDevHookError, DevHookError, ERRORS } from '../core/errors.ts'
import { version } from '../core/instance.ts'
import { errorNotice } from '../core/notices.ts'
import { cleanValue } from '../core/text/clean-notice.ts'
import { createRedactor } from '../core/text/redact.ts'
import { oneLine, sanitizeLines } from '../core/text/sanitize.ts'
import { toJson } from '../core/text/to-json.ts'
import type { CommandSpec } from './command-line/command.ts'
import { COMMANDS } from './command-line/command-table.ts'
import { helpOf } from './command-line/help.ts'
import { parse } from './command-line/program.ts'
import { firstWordAt } from './command-line/split-words.ts'
import { EXIT_CODES } from './exit.ts'
import { asksForJson, createIo, type Io, wantsColor } from './io.ts'
import { colorsFor } from './output/colors.ts'
import { problemLines } from './output/problem-lines.ts'
import { inSources } from './source-lines.ts'

/** Runs a command line; resolves to the exit code. Never rejects. */
export async function run(argv: readonly string[]): Promise<number> {
  const io = createIo()
  const code = await runWith(argv, io)
  // A pipe takes 64 KiB at a time, and what waits is lost when the process ends. Whoever reads may take their time.
  await io.flushed()
  return code
}

async function runWith(argv: readonly string[], io: Io): Promise<number> {
  let json: boolean | null = null
  let spec: CommandSpec | null = null
  const writesJson = (yes: boolean): void => {
    json = yes
  }
  try {
    const parsed = parse(argv, io.env)
    if (parsed.is === 'help') {
      io.out(helpOf(parsed.spec, process.stdout))
      return EXIT_CODES.ended
    }
    if (parsed.is === 'version') {
      io.out(version)
      return EXIT_CODES.ended
    }
    spec = parsed.spec
    const handler = await parsed.spec.load()
    return await handler({ ...parsed, io, writesJson })
  } catch (thrown) {
    const error = ofCommand(await problemOf(thrown, io), spec)
    if (json ?? (!isProtocol(argv) && asksForJson(argv, io))) io.out(errorJson(error))
    printError(error, io, argv.includes('--verbose'))
    return EXIT_CODES[error.failure]
  }
}

/** What was thrown: as a fault of our own, unless the state folder is to blame. */
async function problemOf(thrown: unknown, { env }: Io): Promise<DevHookError> {
  const error = asDevHookError(thrown)
  if (error.category !== 'bug') return error
  const { stateProblem } = await import('../config/state-home.ts')
  return stateProblem(thrown, env, process.platform) ?? error
}

/** A mistake in a command line, whose own remedy is the help of everything, with that of the command. */
function ofCommand(error: DevHookError, spec: CommandSpec | null): DevHookError {
  if (spec === null || spec === COMMANDS[0] || !error.is('usage') || error.remedy !== ERRORS.usage.remedy) return error
  const remedy = `see \`dev-hook ${spec.name} --help\``
  return new DevHookError('usage', error.lines, { remedy, cause: error.cause })
}

/** Whether a command is named whose stdout is for a protocol. */
const isProtocol = (argv: readonly string[]): boolean =>
  COMMANDS.some((spec) => spec.isProtocol === true && spec.name === argv[firstWordAt(argv)])

/** The `error` notice of what ended a command, for the program that reads its stdout. */
function errorJson(error: DevHookError): string {
  const { redact } = createRedactor()
  const { type, ...said } = errorNotice(error)
  return toJson(cleanValue({ type, time: new Date().toISOString(), ...said }, (text) => oneLine(redact(text))))
}

/** What, what to do; the stack only for a fault of our own, or when everything was asked for. */
function printError(error: DevHookError, io: Io, verbose: boolean): void {
  const colors = colorsFor(wantsColor(null, io))
  const { redact } = createRedactor()
  const shown = { code: error.code, lines: error.lines.map(redact), remedy: redact(error.remedy) }
  problemLines(colors.red('error'), shown, io.columns('err')).forEach(io.err)
  if (error.category !== 'bug' && !verbose) return
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    for (const line of sanitizeLines(redact(inSources(cause.stack ?? cause.message)))) io.err(colors.dim(line))
}
