// The body of a delivery in the person's own editor, and back.
import { isUtf8 } from 'node:buffer'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DevHookError, messageOf } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { onEndSignals } from '../session/signals.ts'
import { layOut, pack } from './json-layout.ts'

type Outside = Pick<Io, 'env' | 'platform' | 'outIsTerminal'>

/** Gives the new bytes, or `null` when nothing was changed. Throws `editFailed`, and then nothing is to be sent. */
export async function editBody(body: Buffer, io: Outside): Promise<Buffer | null> {
  if (!isUtf8(body))
    throw new DevHookError('editFailed', 'the body is not text, so it cannot be edited', {
      remedy: 'replay it unedited',
    })
  const text = body.toString('utf8')
  const laidOut = layOut(text)
  const before = endLine(laidOut ?? text)
  const after = endLine(await edited(before, laidOut === null ? 'txt' : 'json', io))
  if (after === before) return null
  if (after.trim() === '') throw new DevHookError('editFailed', 'the body was emptied', { remedy: 'nothing was sent' })
  return Buffer.from(laidOut === null ? withoutEnd(after, text) : packed(after))
}

// Most editors end the last line whether it was ended before or not.
const endLine = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
const withoutEnd = (text: string, like: string): string => (like.endsWith('\n') ? text : text.replace(/\r?\n$/, ''))

/** As compact as the platform writes it. */
function packed(text: string): string {
  const json = pack(text)
  if (json !== null) return json
  throw new DevHookError('editFailed', `the edited body is no longer JSON: ${problemOf(text)}`, {
    remedy: 'edit it again; nothing was sent',
  })
}

function problemOf(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch (error) {
    return messageOf(error)
  }
}

async function edited(text: string, extension: string, io: Outside): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dev-hook-edit-'))
  try {
    const file = join(folder, `body.${extension}`)
    await writeFile(file, text, { mode: 0o600 })
    await runEditor(file, io)
    return await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new DevHookError('editFailed', `the edited file cannot be read: ${messageOf(cause)}`, { cause })
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runEditor(file: string, { env, platform, outIsTerminal }: Outside): Promise<void> {
  const editor = env['VISUAL'] || env['EDITOR'] || (platform === 'win32' ? 'notepad' : 'vi')
  // Our output may be a pipe, in which an editor has nothing to show.
  const stdio = ['inherit', outIsTerminal ? 'inherit' : 2, 'inherit'] as const
  // The value is a piece of a command line, as it is for git: `code --wait`.
  const child =
    platform === 'win32'
      ? spawn(`${editor} "${file}"`, { shell: true, stdio: [...stdio], env })
      : spawn('/bin/sh', ['-c', `${editor} "$1"`, editor, file], { stdio: [...stdio], env })
  // Ctrl-C is for the editor; whoever ends us ends it, and the file with the body goes.
  const offSignals = onEndSignals((signal) => void (signal !== 'SIGINT' && child.kill(signal)), process.exit)
  try {
    const code = await new Promise<number | string | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, signal) => resolve(status ?? signal))
    })
    if (code !== 0)
      throw new DevHookError('editFailed', `the editor (${editor}) ended with ${code}, so nothing was sent`)
  } finally {
    offSignals()
  }
}
