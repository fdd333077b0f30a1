// Checks of the state folder: whether it can be written, and what dead runs have left in it.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'
import { makePrivateFolder, writePrivateFile } from '../../core/files/private-file.ts'
import { listBots } from '../../daemon/offline/find-bot.ts'
import { readLock } from '../../lock/lock.ts'
import { readSnapshot, restoreCommand } from '../../platform/webhook/snapshot.ts'
import type { Facts } from '../facts.ts'
import { type Finding, failed, passed } from '../finding.ts'

export async function checkState(facts: Facts): Promise<Finding> {
  const stateHome = facts.stateHome()
  const path = join(stateHome, `doctor-${process.pid}`)
  try {
    await makePrivateFolder(stateHome)
    await writePrivateFile(path, 'doctor\n')
    await rm(path)
    return passed(`${stateHome} can be written`)
  } catch (cause) {
    throw new DevHookError('stateUnwritable', `${stateHome} cannot be written: ${codeOf(cause) ?? messageOf(cause)}`, {
      cause,
    })
  }
}

export async function checkLeftovers(facts: Facts): Promise<Finding> {
  const stateHome = facts.stateHome()
  const bots = await listBots(stateHome).catch((cause: unknown) => {
    throw new DevHookError('stateUnreadable', `${stateHome} cannot be read: ${codeOf(cause) ?? messageOf(cause)}`, {
      cause,
    })
  })
  const seen = await Promise.all(
    bots.map(async ({ host, bot, folder }) => ({ host, bot, ...(await inspectFolder(folder)) })),
  )
  const left = seen.filter(({ owed, runs }) => owed !== null && !runs)
  const running = seen.filter(({ runs }) => runs).map(({ bot }) => bot)
  const others = running.length === 0 ? '' : `; running now: ${running.join(', ')}`
  if (left.length === 0) return passed(`none${others}`)
  const names = left.map(({ bot, host }) => `bot ${bot} at ${host}`).join(', ')
  return failed('failed', `the webhook of ${names} was not put back${others}`, remedyFor(left))
}

/** The command that puts a bot's webhook back, or the path of a snapshot that cannot be read. */
type Owed = { readonly command: string } | { readonly damaged: string }

function remedyFor(left: readonly { readonly owed: Owed | null }[]): string {
  const owed = left.flatMap((each) => each.owed ?? [])
  const commands = owed.flatMap((each) => ('command' in each ? [each.command] : []))
  const damaged = owed.flatMap((each) => ('damaged' in each ? [each.damaged] : []))
  return [
    ...(commands.length === 0 ? [] : [`run ${commands.join(', ')} with a token of that bot`]),
    ...damaged.map((path) => `put it right in the admin page, then delete ${path}, which cannot be read`),
  ].join('; ')
}

async function inspectFolder(folder: string): Promise<{ readonly owed: Owed | null; readonly runs: boolean }> {
  const [{ snapshot, damaged }, holder] = await Promise.all([readSnapshot(folder), readLock(folder)])
  const owed = snapshot !== null ? { command: restoreCommand(snapshot) } : damaged === null ? null : { damaged }
  return { owed, runs: holder !== null }
}
