// Who hears the notices of a command: the terminal or the JSON lines, and for a run the log file.
import { stripVTControlCharacters } from 'node:util'
import { createNotices, type Notice, type Notices } from '../../core/notices.ts'
import { type Clean, cleanNotice } from '../../core/text/clean-notice.ts'
import { REDACTED } from '../../core/text/redact.ts'
import { type Io, wantsColor } from '../io.ts'
import type { OpenCommand } from '../open-command.ts'
import { collapseCrashes } from './collapse-crashes.ts'
import { createJsonLines } from './json-lines.ts'
import { startLog } from './log-file.ts'
import { createTerminal, type TerminalOptions } from './terminal.ts'

/** What printing needs of a command. */
type Printed = Pick<OpenCommand, 'config' | 'json' | 'redactor'>

/** Where notices are printed. */
type Screen = Pick<Io, 'live' | 'err' | 'env' | 'outIsTerminal' | 'errIsTerminal' | 'columns'>

/** What else a run is. */
type Running = Pick<TerminalOptions, 'keys' | 'hasLine' | 'emulated' | 'pageLink'>

/** Creates the notices of a command; each is printed in clean text, without secrets. */
export function openNotices(command: Printed, io: Screen): Notices {
  const notices = createNotices()
  notices.on(createPrinter(command, io, cleaner(command)))
  return notices
}

/** Starts to print the notices of a run, and to log them in a folder. The returned function ends it once all is written. */
export function startOutput(
  command: Printed & Running,
  io: Screen,
  notices: Notices,
  folder: string,
): () => Promise<void> {
  const clean = cleaner(command)
  const print = createPrinter(command, io, clean, command)
  const log = startLog(folder, (notice) => withoutPasted(clean(notice)))
  const off = notices.on((notice) => {
    print(notice)
    log.write(notice)
  })
  return async () => {
    off()
    await log.close()
  }
}

const cleaner =
  ({ redactor }: Pick<Printed, 'redactor'>): Clean =>
  (notice) =>
    cleanNotice(notice, redactor.redact)

/** Creates what prints notices as they come: it cleans them itself, and for programs it does so once they leave. */
function createPrinter(
  { config, json }: Printed,
  io: Screen,
  clean: Clean,
  { keys = [], hasLine = false, emulated = false, pageLink = () => null }: Running = {},
): (notice: Notice) => void {
  const { quiet, verbose, restore } = config
  const color = wantsColor(config.color, io)
  if (json) return collapseCrashes(inColors(color, createJsonLines(io, clean)))
  const print = createTerminal({
    write: io.err,
    color,
    columns: () => io.columns('err'),
    quiet,
    verbose,
    restore,
    keys,
    hasLine,
    emulated,
    pageLink,
  })
  return collapseCrashes(inColors(color, (notice) => print(clean(notice))))
}

/** Takes the colours out of what a bot prints where there are none: it may have them whatever it is told. */
const inColors =
  (color: boolean, print: (notice: Notice) => void) =>
  (notice: Notice): void => {
    const isPlain = color || notice.type !== 'bot-output'
    print(isPlain ? notice : { ...notice, line: stripVTControlCharacters(notice.line) })
  }

/** What is printed as it is because it has to be pasted: the URL of manual mode, and the tokens of the sandbox. */
function withoutPasted(notice: Notice): Notice {
  if (notice.type === 'sandbox') return { ...notice, token: REDACTED, refreshToken: REDACTED }
  if (notice.type !== 'registration' || notice.url === undefined) return notice
  return { ...notice, url: REDACTED }
}
