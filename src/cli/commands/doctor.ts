// The command `dev-hook doctor`: checks everything that a run needs, and says what to do.
import type { Config } from '../../config/load.ts'
import { DevHookError, type Failure } from '../../core/errors.ts'
import { toJson } from '../../core/text/to-json.ts'
import { CHECKS, RELAY_CHECKS } from '../../doctor/doctor.ts'
import { redactRecord } from '../../doctor/dump.ts'
import { examine } from '../../doctor/examine.ts'
import { createFacts, type Facts } from '../../doctor/facts.ts'
import { type Finding, notChecked } from '../../doctor/finding.ts'
import { liveRound } from '../../doctor/live.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import { type Io, wantsColor, wantsJson } from '../io.ts'
import { prepareCommand } from '../open-command.ts'
import { createCheckJson, createCheckLines, type PrintFinding, summary } from '../output/check-lines.ts'
import { createProgress } from '../output/progress.ts'
import { createAsk } from '../session/confirm.ts'
import { untilEndSignal } from '../session/signals.ts'

export const doctor: CommandHandler = async (call) => {
  const { io } = call
  const { env, platform } = io
  const offline = call.own['offline'] === true
  if (offline && call.own['live'] === true) {
    const remedy = 'give one of them'
    throw new DevHookError('usage', '`--live` needs the tunnel, which `--offline` leaves alone', { remedy })
  }
  const facts = createFacts({ ...prepareCommand(call), env, platform, nodeVersion: process.version, offline })
  try {
    if (call.own['dumpBot'] === true) return await dumpBot(facts, io)
    return await check(call, facts)
  } finally {
    await facts.close()
  }
}

async function dumpBot(facts: Facts, io: Io): Promise<number> {
  // What keeps it from being read is thrown as it is, not as something that another check would tell.
  await facts.identity()
  await facts.api()
  io.out(toJson(redactRecord(await facts.bot(), facts.redactor.redact), 2))
  return EXIT_CODES.ended
}

async function check(call: Call, facts: Facts): Promise<number> {
  const { io, own, options } = call
  const config = await facts.config().catch(() => null)
  const progress = createProgress((name) => io.errIsTerminal && io.err(`· ${name} …`))
  const { redact } = facts.redactor
  const json = config === null ? options.json === true : wantsJson(config, io)
  const color = wantsColor(config?.color ?? null, io)
  const print = json
    ? createCheckJson(io.out, redact)
    : createCheckLines({ write: io.out, color, quiet: config?.quiet ?? false, columns: io.columns('out'), redact })
  const waiting = (name: string | null): void => (name === null ? progress.end() : progress.step(name))
  const found = (name: string, finding: Finding): void => {
    progress.end()
    print(name, finding)
  }
  const isAtRelay = config !== null && (config.relay !== null || config.natsCreds !== null)
  if (isAtRelay && own['live'] === true)
    throw new DevHookError('usage', '`--live` claims the webhook, which a relay has')
  const checks = isAtRelay ? RELAY_CHECKS : CHECKS
  const findings = [...(await examine(checks, { facts, waiting, found }))]
  if (own['live'] === true) findings.push(...(await live(findings, config, { io, facts, waiting, found })))
  progress.end()
  if (!json) io.err(summary(findings))
  return exitCodeOf(findings)
}

interface Stage {
  readonly io: Io
  readonly facts: Facts
  readonly waiting: (name: string | null) => void
  readonly found: PrintFinding
}

/** What keeps a run from its first step. */
const IN_THE_WAY: ReadonlySet<Failure | null> = new Set<Failure>(['usage', 'credentials', 'platform', 'tunnel'])

async function live(before: readonly Finding[], config: Config | null, stage: Stage): Promise<readonly Finding[]> {
  const { io, facts, waiting, found } = stage
  if (config === null || before.some(({ failure }) => IN_THE_WAY.has(failure))) {
    const finding = notChecked('what is wrong above')
    found('live', finding)
    return [finding]
  }
  const ask = io.interactive && !config.yes ? createAsk(io) : null
  return untilEndSignal((signal) =>
    liveRound({ ...facts, stateHome: facts.stateHome(), config, ask, waiting, found }, signal),
  )
}

/** What has to be mended first decides. Another dev-hook that has the webhook may have the name of the tunnel too. */
const WORST = ['usage', 'credentials', 'not-restored', 'platform', 'taken', 'tunnel', 'failed'] as const

function exitCodeOf(findings: readonly Finding[]): number {
  if (findings.every(({ ok }) => ok !== false)) return EXIT_CODES.ended
  const worst = WORST.find((failure) => findings.some((finding) => finding.failure === failure))
  return EXIT_CODES[worst ?? 'failed']
}
