// A program that uses the package as people do: it compiles only against published types that are whole.
import { DevHookError, type Notice, type Options, type StartOptions, type Stopped, startDevHook } from 'dev-hook'

const options = { port: 3000, hold: '10s', events: ['message.create.*'], watch: false } satisfies Options

/** What a person is shown of a notice; a notice without a type of its own would not narrow. */
function say(notice: Notice): string {
  if (notice.type === 'ready') return `${notice.url} in ${notice.steps.length} steps`
  if (notice.type === 'error') return `${notice.code}: ${notice.remedy}`
  return notice.time
}

export async function develop(more: StartOptions): Promise<Stopped | string> {
  try {
    await using devHook = await startDevHook({ ...options, ...more, command: ['node', 'bot.js'], env: process.env })
    const off = devHook.on((notice) => process.stdout.write(say(notice)))
    off()
    return devHook.status().deliveries > 0 ? devHook.url : await devHook.ended
  } catch (error) {
    return error instanceof DevHookError ? error.remedy : 'unknown'
  }
}

// Mistakes. If a type had silently become `any`, they would pass, and the line above them would be the error.
export const mistakes: readonly (() => unknown)[] = [
  // @ts-expect-error a duration has a unit
  () => startDevHook({ hold: 5 }),
  // @ts-expect-error no such option
  () => startDevHook({ prot: 3000 }),
  // @ts-expect-error one of a few words
  () => startDevHook({ late: 'never' }),
  // @ts-expect-error a command has a program
  () => startDevHook({ command: [] }),
  // @ts-expect-error no such notice
  (notice: Notice) => notice.type === 'reddy',
  // @ts-expect-error a number
  (stopped: Stopped): string => stopped.deliveries,
]
