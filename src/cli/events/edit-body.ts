// The body of a delivery in the person's own editor, and back.
import { isUtf8 } from 'node:buffer'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onAbort } from '../../core/async.ts'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { layOut, pack } from '../../core/text/json-layout.ts'
import { firstMistake } from '../../core/text/parse-json.ts'
import { sanitize } from '../../core/text/sanitize.ts'
import type { Io } from '../io.ts'
import { onEndSignals } from '../session/signals.ts'

type Outside = Pick<Io, 'env' | 'platform' | 'outIsTerminal' | 'interactive'>

/**
 * Lets a person edit a body; resolves with the new bytes, `null` when nothing was changed. Rejects with `editFailed`: then nothing is
 * to be sent. `ending` ends the editor where a run goes on behind it; without one, the signals that end us do.
 */
export async function editBody(body: Buffer, io: Outside, ending?: AbortSignal): Promise<Buffer | null> {
  if (!isUtf8(body))
    throw new DevHookError('editFailed', 'the body is not text, so it cannot be edited', {
      remedy: 'replay it unedited',
    })
  const text = body.toString('utf8')
  const laidOut = layOut(text)
  const before = endLine(laidOut ?? text)
  const saved = await edited(before, laidOut === null ? 'txt' : 'json', io, ending)
  // Some editors begin what they save with a byte order mark, which is not part of the body.
  const after = endLine(text.startsWith(MARK) || !saved.startsWith(MARK) ? saved : saved.slice(MARK.length))
  if (after === before) return null
  if (after.trim() === '') throw new DevHookError('editFailed', 'the body was emptied', { remedy: 'nothing was sent' })
  const bytes = Buffer.from(laidOut === null ? withoutEnd(after, text) : packed(after))
  if (bytes.length <= MAX_BODY_BYTES) return bytes
  const remedy = `make it ${MAX_BODY_BYTES / 1024 / 1024} MiB at most; nothing was sent`
  throw new DevHookError('editFailed', 'the edited body is larger than a delivery may be', { remedy })
}

const MARK = '\ufeff'

// Most editors end the last line whether it was ended before or not.
const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
const withoutEnd = (text: string, like: string): string => (like.endsWith('\n') ? text : text.replace(/\r?\n$/, ''))

/** As compact as the platform writes it. */
function packed(text: string): string {
  const json = pack(text)
  if (json !== null) return json
  const { line, column, message } = firstMistake(text)
  throw new DevHookError(
    'editFailed',
    `the edited body is no longer JSON at line ${line}, column ${column}: ${message}`,
    {
      remedy: 'edit it again; nothing was sent',
    },
  )
}

async function edited(text: string, extension: string, io: Outside, ending?: AbortSignal): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-edit-'))
  try {
    const file = join(folder, `body.${extension}`)
    await writeFile(file, text, { mode: 0o600 })
    await runEditor(file, io, ending)
    return textOf(
      await readFile(file).catch((cause: unknown) => {
        throw new DevHookError('editFailed', `the edited file cannot be read: ${messageOf(cause)}`, { cause })
      }),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function textOf(bytes: Buffer): string {
  // What cannot be read would be sent as question marks.
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const remedy = 'save it as UTF-8; nothing was sent'
  throw new DevHookError('editFailed', 'the editor saved the body in an encoding other than UTF-8', { remedy })
}

/** The editor in place of the shell, so that signals are its own; a variable that is set for it needs the shell. */
const lastCommand = (editor: string): string => (/^\s*\w+=/.test(editor) ? editor : `exec ${editor}`)

/** What a shell ends with that finds no such program. */
const NOT_FOUND = 127

async function runEditor(
  file: string,
  { env, platform, outIsTerminal, interactive }: Outside,
  ending: AbortSignal | undefined,
): Promise<void> {
  const chosen = env['VISUAL'] || env['EDITOR'] || null
  // One that was set may need no terminal; vi would wait for keys for ever.
  if (chosen === null && platform !== 'win32' && !interactive) {
    const remedy = 'set VISUAL or EDITOR to one that needs none, or edit at a terminal'
    throw new DevHookError('editFailed', 'there is no terminal for an editor, so nothing was sent', { remedy })
  }
  const editor = chosen ?? (platform === 'win32' ? 'notepad' : 'vi')
  // Our output may be a pipe, in which an editor has nothing to show.
  const stdio = ['inherit', outIsTerminal ? 'inherit' : 2, 'inherit'] as const
  // The value is a piece of a command line, as it is for git: `code --wait`.
  const child =
    platform === 'win32'
      ? spawn(`${editor} "${file}"`, { shell: true, stdio: [...stdio], env })
      : spawn('/bin/sh', ['-c', `${lastCommand(editor)} "$1"`, editor, file], { stdio: [...stdio], env })
  // Ctrl-C is for the editor; whoever ends us ends it, and the file with the body goes.
  const offSignals =
    ending === undefined
      ? onEndSignals((signal) => void (signal !== 'SIGINT' && child.kill(signal)))
      : onAbort(ending, () => child.kill())
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, signal) => resolve(status ?? signal))
    })
    if (code === NOT_FOUND)
      throw new DevHookError('editFailed', `the editor \`${sanitize(editor)}\` was not found, so nothing was sent`, {
        remedy: 'set VISUAL or EDITOR to one that is installed, such as `EDITOR=nano`',
      })
    if (code !== 0)
      throw new DevHookError('editFailed', `the editor (${editor}) ended with ${code}, so nothing was sent`)
  } finally {
    offSignals()
  }
}
