// One run of the daemon at a terminal: output, signals and keys around it, and the exit code at its end.

import { join } from 'node:path'
import { RUN_VARIABLE } from '../../bot/find-by-env.ts'
import { aborted, after } from '../../core/async.ts'
import { asDevHookError, DevHookError } from '../../core/errors.ts'
import { version } from '../../core/instance.ts'
import { createNotices, type Notices, type Warn, warning } from '../../core/notices.ts'
import type { RelayRole } from '../../core/relay/relay-notices.ts'
import { createDaemon } from '../../daemon/daemon.ts'
import { FACTORIES, type Factories } from '../../daemon/factories.ts'
import { reserveBotPort } from '../../daemon/start/bot-port.ts'
import type { Daemon, SandboxPort } from '../../daemon/types.ts'
import { exitCodeOf } from '../exit.ts'
import { colorLevelOf, type Io, wantsColor } from '../io.ts'
import { keysOf } from '../keys/key-table.ts'
import { createPageOpener } from '../keys/open-page.ts'
import { createRunKeys } from '../keys/run-keys.ts'
import type { OpenCommand } from '../open-command.ts'
import { colorVariables } from '../output/color-level.ts'
import { colorsFor } from '../output/colors.ts'
import { startOutput } from '../output/output.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'
import { createAsk } from './confirm.ts'
import { onPackageManagerGone } from './parent-watch.ts'
import { onEndSignals } from './signals.ts'
import { optimiseParserLate } from './tier-up.ts'

export interface DaemonRun extends Omit<OpenCommand, 'stateHome'> {
  /** The folder under which every bot keeps its state. */
  readonly stateHome: string
  readonly command: readonly string[] | null
  readonly io: Io
  readonly botEnv: Readonly<Record<string, string>>
  readonly emulated?: boolean
  readonly sandbox?: SandboxPort
  /** What it is to a relay, and the parts that it has of its own because of that; absent for a run without one. */
  readonly relay?: { readonly role: RelayRole; readonly factories: Factories }
  /** What is done once it is ready, in place of the keys: the run ends when it resolves, and fails when it rejects. */
  readonly conversation?: (run: RunInSight, signal: AbortSignal) => Promise<void>
}

/** What a conversation knows of the run. */
export interface RunInSight extends Pick<Daemon, 'control'> {
  /** Lets a person at the terminal choose among the recorded deliveries, until they leave the list or the signal is aborted. */
  readonly choose: (signal: AbortSignal) => Promise<void>
  readonly notices: Notices
  /** What was announced of the bot last. */
  readonly bot: () => NoticeOf<'bot'> | null
}

/** An end that takes longer than this, in ms, says that it is under way. */
const SLOW_MS = 500

/** A script that starts dev-hook, given to dev-hook as the command of the bot: the inner one would ask for what the outer one has. */
function refuseAsBot({ env }: Pick<Io, 'env'>): void {
  if (env[RUN_VARIABLE] === undefined) return
  throw new DevHookError('usage', 'another dev-hook has started this one as its bot', {
    remedy: `give that one the command that starts the bot itself, as in \`-- node bot.js\`; if this is no bot, unset ${RUN_VARIABLE}`,
  })
}

function endWith(daemon: Daemon, io: Pick<Io, 'err'>): void {
  const cancel = after(SLOW_MS, () => io.err('stopping in order … (Ctrl-C again stops at once)'))
  void daemon.stop().finally(cancel)
}

/** What is said at an end without order; `isBack`: whether the webhook is as it was before the run. */
const atOnce = (isBack: boolean): string =>
  isBack
    ? 'stopped at once; the webhook is as it was, and the watchdog ends the bot'
    : 'stopped at once; the watchdog puts the webhook back (`dev-hook status` shows whether it has)'

/** Whether somebody can press keys, whether a list can be drawn for them, and whether a line of keys is there all the time. */
function drawingOf({ io, json, config, conversation }: DaemonRun) {
  const hasKeys = io.interactive && conversation === undefined
  const canDraw = hasKeys && !json && io.env['TERM'] !== 'dumb'
  return { hasKeys, canDraw, hasLine: canDraw && !config.quiet }
}

/** Runs it to its end; resolves to the exit code. */
export async function runDaemon(run: DaemonRun): Promise<number> {
  const { command, io, botEnv, stateHome, who, redactor } = run
  refuseAsBot(io)
  optimiseParserLate()
  const notices = createNotices()
  const { hasKeys, ...drawing } = drawingOf(run)
  const keys = hasKeys ? keysOf(command !== null) : []
  // A link in a file would let in whoever reads it later.
  const pageLink = (): string | null => (io.errIsTerminal ? daemon.pageLink() : null)
  const shown = { ...run, keys, hasLine: drawing.hasLine, pageLink }
  const endOutput = startOutput(shown, io, notices, join(stateHome, 'log'))
  const warn: Warn = (kind, message) => notices.emit(warning(kind, message))
  const { config, release } = await reserveBotPort(run.config, command, warn)
  const options = {
    config,
    command,
    version,
    who,
    stateHome,
    env: io.env,
    // The bot writes into a pipe, and would leave its colours out.
    botEnv: { ...colorVariables(config.color, colorLevelOf(config.color, io)), ...botEnv },
    emulated: run.emulated ?? false,
    ...(run.sandbox !== undefined && { sandbox: run.sandbox }),
    ask: io.interactive && !config.yes ? createAsk(io) : null,
    reload: run.load,
    notices,
    redactor,
    ...(run.relay !== undefined && { relay: run.relay.role }),
  }
  const daemon = createDaemon(options, run.relay?.factories ?? FACTORIES)
  const colors = colorsFor(wantsColor(config.color, io))
  const page = createPageOpener(io, io.err)
  const given = { daemon, io, notices, page, colors, isSupervised: command !== null }
  let runKeys = hasKeys ? createRunKeys({ ...given, ...drawing }) : null
  const choose = (signal: AbortSignal): Promise<void> => {
    runKeys = createRunKeys({ ...given, canDraw: true, hasLine: false, hasPrompt: true })
    return runKeys.listen(signal)
  }
  let isBack = false
  let bot: NoticeOf<'bot'> | null = null
  notices.on((notice) => {
    if (notice.type === 'bot') bot = notice
    isBack ||= notice.type === 'restored' && notice.result !== 'failed'
  })
  const offSignals = onEndSignals(
    () => endWith(daemon, io),
    () => io.err(atOnce(isBack)),
    (signal) => signal === 'SIGINT' && runKeys?.ownsInterrupt() === true,
  )
  const offManager = onPackageManagerGone(io.env, () => {
    warn('orphaned', 'the package manager that started dev-hook is gone')
    endWith(daemon, io)
  })
  try {
    await daemon.start()
    const end = new AbortController()
    const talking = run.conversation
      ? run
          .conversation({ notices, bot: () => bot, control: daemon.control, choose }, end.signal)
          .then(daemon.stop, (error) => daemon.fail(asDevHookError(error)))
      : (runKeys?.listen(end.signal) ?? aborted(end.signal))
    const { failure, restored } = await Promise.race([daemon.ended, talking.then(() => daemon.ended)])
    end.abort()
    await talking
    return exitCodeOf(failure, restored)
  } catch (error) {
    const { failure, restored } = await daemon.stop()
    // What kept it from starting has been announced; whatever else this is has not.
    if (failure === null && !asDevHookError(error).is('interrupted')) throw error
    return exitCodeOf(failure, restored)
  } finally {
    release()
    await page.close()
    await endOutput()
    offSignals()
    offManager()
  }
}
