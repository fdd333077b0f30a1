// Finds the record that a command without the platform reads: of the bot that is named, else of the only one there is.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config/load.ts'
import { codeOf, DevHookError } from '../../core/errors.ts'
import { exists } from '../../core/files/exists.ts'

import { whoAmI } from '../../core/instance.ts'
import { readLock } from '../../lock/lock.ts'
import { readToken } from '../../platform/api/token.ts'
import { nameAt, readAddress } from '../../relay/broker/address.ts'
import { botFolder, seatFolder } from '../account/bot-identity.ts'

interface RecordedBot {
  readonly bot: string
  /** The host of the platform's API, as it is written in the folder's name. */
  readonly host: string
  readonly folder: string
}

/** What says whose record is meant. */
export type RecordConfig = Pick<Config, 'bot' | 'token' | 'apiHost'> & Partial<Pick<Config, 'relay' | 'natsCreds'>>

/**
 * The state folder of a developer at a relay, if one is given; else that of the bot that is given, or named by the token, whether
 * anything is in it or not. Without any of these, that of the only bot that was ever recorded, or the only one with a run. Throws
 * `botUnknown`, listing those that could be meant.
 */
export async function findRecordedBot(config: RecordConfig, stateHome: string): Promise<string> {
  const { relay = null, natsCreds = null } = config
  if (relay !== null || natsCreds !== null) {
    const address = await readAddress(relay, natsCreds)
    return seatFolder(stateHome, { server: address.server, name: nameAt(address, whoAmI()) }, config.bot)
  }
  const botId = config.bot ?? idIn(config.token)
  if (botId !== null) return botFolder(stateHome, config.apiHost, botId)
  const kept = await listRecorded(stateHome)
  const only = single(kept) ?? single(await withRun(kept))
  if (only !== null) return only.folder
  if (kept.length === 0) {
    throw new DevHookError('botUnknown', 'nothing has been recorded yet', {
      remedy: 'run `dev-hook` first; what happens in the sandbox is not kept',
    })
  }
  const names = kept.map(({ bot, host }) => `  --bot ${bot} --api-host ${hostOf(host)}`)
  throw new DevHookError('botUnknown', ['several bots were recorded:', ...names], {
    remedy: 'choose one with the flags on its line',
  })
}

/** The URL that the name of a folder stands for; a port in it follows a `_`. A port is one of a platform on this machine. */
function hostOf(name: string): string {
  const host = name.replace(/_(\d+)$/, ':$1')
  return `${host === name ? 'https' : 'http'}://${host}`
}

const single = <T>([only, ...others]: readonly T[]): T | null => (others.length === 0 ? (only ?? null) : null)

/** The bot's id in a token, even in one that the platform would refuse. */
function idIn(token: string | null): string | null {
  try {
    return token === null ? null : readToken(token).id
  } catch {
    // Not a token at all: the record can be read without one.
    return null
  }
}

async function withRun(kept: readonly RecordedBot[]): Promise<readonly RecordedBot[]> {
  const holders = await Promise.all(kept.map(({ folder }) => readLock(folder)))
  return kept.filter((_, i) => holders[i] !== null)
}

/** Every bot that has a folder under `stateHome`, whatever is in it. `api` is the platform's API, as a URL. */
export async function listBots(stateHome: string): Promise<readonly (RecordedBot & { readonly api: string })[]> {
  const hosts = await foldersIn(stateHome)
  const bots = await Promise.all(
    hosts.map(async (host) =>
      (await foldersIn(join(stateHome, host))).map((bot) => ({
        bot,
        host,
        api: hostOf(host),
        folder: join(stateHome, host, bot),
      })),
    ),
  )
  return bots.flat()
}

async function listRecorded(stateHome: string): Promise<readonly RecordedBot[]> {
  const all = await listBots(stateHome)
  const isRecorded = await Promise.all(all.map(({ folder }) => exists(join(folder, 'events'))))
  return all.filter((_, i) => isRecorded[i])
}

/** The names of the folders in a folder; none when it is not there. */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
