// The page of a run in the browser of whoever sits at its terminal.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writePrivateFile } from '../../core/files/private-file.ts'
import type { Io } from '../io.ts'

export interface PageOpener {
  /** Opens the page by its link, or says where it is; says so, too, when the run has none. */
  open(link: string | null): Promise<void>
  /** Deletes what browsers were sent to. Idempotent. */
  close(): Promise<void>
}

/** Creates it; `say` prints a line at the terminal. */
export function createPageOpener(
  { env, platform }: Pick<Io, 'env' | 'platform'>,
  say: (line: string) => void,
): PageOpener {
  const folders: string[] = []
  return {
    open: async (link) => {
      if (link === null) return say('this run has no page (`--no-inspector`, or it could not be opened)')
      const command = hasBrowser(env, platform) ? OPENERS[platform] : undefined
      if (command === undefined) return say(`the page: ${link}`)
      const folder = await mkdtemp(join(tmpdir(), 'dev-hook-page-'))
      folders.push(folder)
      const file = join(folder, 'page.html')
      await writePrivateFile(file, redirectTo(link))
      const isOpened = await started(command, file, env)
      say(isOpened ? `the page opens in your browser; if it does not: ${link}` : `the page: ${link}`)
    },
    close: async () => {
      for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
    },
  }
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'open',
  win32: 'explorer',
  linux: 'xdg-open',
}

/** Whether a window of a browser would be seen by whoever sits at the terminal. */
function hasBrowser(env: Io['env'], platform: NodeJS.Platform): boolean {
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return false
  return platform !== 'linux' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])
}

// The link lets in whoever has it, and a command line is seen by everybody on the machine: the browser is given a private file.
const redirectTo = (link: string): string =>
  `<!doctype html><meta charset="utf-8"><title>dev-hook</title><meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${link}"><a href="${link}">the page of dev-hook</a>\n`

/** Whether the program was started; what it says is for nobody, and it may go on for longer than we do. */
const started = (command: string, file: string, env: Io['env']): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, [file], { stdio: 'ignore', detached: true, env })
    child.once('error', () => resolve(false))
    child.once('spawn', () => {
      child.unref()
      resolve(true)
    })
  })
