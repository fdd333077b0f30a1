// The attacks that dev-hook has to hold: here with little of each; `npm run attack` tries as much as takes minutes.
import { describe, it } from 'vitest'
import { groundOf } from './attack.ts'
import { BOT } from './bot.ts'
import { ENDS } from './ends.ts'
import { GATEWAY } from './gateway.ts'
import { MACHINE } from './machine.ts'
import { PLATFORM } from './platform.ts'
import { STATE } from './state.ts'

const seed = Number(process.env['ATTACK_SEED'] ?? 1)
const isFull = process.env['ATTACK'] === 'full'
const only = process.env['ATTACK_ONLY'] ?? ''

const KINDS = {
  'Attacked from the internet, dev-hook': GATEWAY,
  'Attacked by the platform, dev-hook': PLATFORM,
  'Attacked by its bot, dev-hook': BOT,
  'Attacked by damage to what it stores, dev-hook': STATE,
  'Attacked by kills, dev-hook': ENDS,
  'Attacked by the machine and others on it, dev-hook': MACHINE,
}

/** For what hangs: in full some of them take minutes. */
const LIMIT_MS = 900_000

// They stop processes and look at what is left of them, as only Linux lets everybody do.
describe.runIf(process.platform === 'linux').each(Object.entries(KINDS))('%s', (_, attacks) => {
  const chosen = attacks.filter(({ tries, isLong }) => tries.includes(only) && (isFull || isLong !== true))
  for (const attack of chosen)
    it(`holds against ${attack.tries}`, { timeout: LIMIT_MS }, async ({ task }) => {
      task.meta.seen = await attack.run(groundOf(attack, seed, isFull))
    })
})
