// A supervised bot whose program can be saved, with a record of what it got that survives its restarts.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderForTest } from '../folder.ts'
import { PROGRAMS } from './programs.ts'

/** What the bot wrote down about one delivery: by which process, and how far it got. */
interface LogLine {
  readonly what: 'came' | 'answered'
  /** The platform's id of the delivery. */
  readonly id: string
  readonly pid: number
}

export interface LoggingBot {
  /** The working folder of the bot, with its program in it. */
  readonly cwd: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Saves the program as it is. */
  save(): Promise<void>
  lines(): Promise<readonly LogLine[]>
  /** The ids of the deliveries that came, in the order in which they came. */
  came(): Promise<readonly string[]>
}

/** Makes one, in folders that are removed when the test ends. */
export async function loggingBotForTest(delayMs = 0): Promise<LoggingBot> {
  const cwd = await folderForTest()
  const record = join(await folderForTest(), 'record.jsonl')
  const program = await readFile(join(PROGRAMS, 'logging-bot.js'), 'utf8')
  let saves = 0
  // Never the same content: to write that again is not a save.
  const save = (): Promise<void> => {
    saves += 1
    return writeFile(join(cwd, 'bot.mjs'), `${program}// save ${saves}\n`)
  }
  await save()

  async function lines(): Promise<readonly LogLine[]> {
    // Nothing came yet: there is no file.
    const text = await readFile(record, 'utf8').catch(() => '')
    // What stands behind the last line end is still being written.
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  }

  return {
    cwd,
    command: [process.execPath, 'bot.mjs'],
    env: { RECORD: record, DELAY_MS: String(delayMs) },
    save,
    lines,
    came: async () => (await lines()).flatMap(({ what, id }) => (what === 'came' ? [id] : [])),
  }
}
