// `npm run attack`: dev-hook is attacked as its enemies would, on loopback, for minutes; one line for each attack.
//
// --seed n      the same luck as before (it is printed); default: new luck
// --only text   only the attacks whose line has this in it
// --short       as little of each as the tests try
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, only: { type: 'string' }, short: { type: 'boolean' } },
})
const seed = Number(values.seed ?? randomInt(2 ** 31))
if (!Number.isSafeInteger(seed)) throw new Error('--seed takes a whole number')
process.stdout.write(`seed ${seed}\n`)

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url))
const env = {
  ...process.env,
  ATTACK: values.short ? 'short' : 'full',
  ATTACK_SEED: String(seed),
  ...(values.only !== undefined && { ATTACK_ONLY: values.only }),
}
const child = spawn(process.execPath, [VITEST, 'run', '--config', 'config/attack.config.ts'], {
  cwd: ROOT,
  env,
  stdio: 'inherit',
})
child.once('exit', (code) => {
  process.exitCode = code ?? 1
})
