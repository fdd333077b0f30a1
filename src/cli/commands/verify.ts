// The command `dev-hook verify`: checks a signature offline.
import { dotEnvLayers, readDotEnv, SHARED } from '../../config/dot-env.ts'
import { type Environment, environmentLayer, type Found } from '../../config/layers.ts'
import type { Config } from '../../config/load.ts'
import { DevHookError } from '../../core/errors.ts'
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine, sanitize } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { type Diagnosis, diagnose, fits } from '../../protocol/diagnosis/diagnose.ts'
import { SIGNATURE_EXAMPLE, SIGNATURE_HEADERS } from '../../protocol/signature-schemes.ts'
import type { Call, CommandHandler } from '../command-line/command.ts'
import { EXIT_CODES } from '../exit.ts'
import { readInput } from '../input.ts'
import type { Io } from '../io.ts'
import { openCommand } from '../open-command.ts'
import type { Colors } from '../output/colors.ts'

/** What was checked, and what came of it. */
interface Verification extends Diagnosis {
  readonly given: string
  readonly bytes: number
  /** Where the secret was found. */
  readonly source: string
}

export const verify: CommandHandler = async (call) => {
  const { io } = call
  const { config, json, colors } = await openCommand(call)
  const header = ownFlag(
    call,
    'header',
    `the value of the delivery's ${SIGNATURE_HEADERS}: --header ${SIGNATURE_EXAMPLE}`,
  )
  const named = ownFlag(call, 'body', 'the body as it was received, in a file or on standard input: --body body.json')
  const secrets = await findSecrets(io, config)
  if (named === '-' && io.interactive) io.err('Reading the body from the terminal; Ctrl-D ends it.')
  const body = await readInput(named, config.cwd)
  const found = await check(header, body, secrets)
  if (json) io.out(toJson(cleanValue(jsonOf(found), oneLine)))
  else linesOf(found, colors).forEach(io.out)
  return found.right ? EXIT_CODES.ended : EXIT_CODES.failed
}

function ownFlag({ own }: Call, name: string, remedy: string): string {
  const given = own[name]
  if (typeof given === 'string') return given
  throw new DevHookError('usage', `\`--${name}\` is missing`, { remedy: `give ${remedy}` })
}

interface FoundSecret {
  readonly value: string
  readonly source: string
}

/** Every secret that is set, the one that is used first; untrimmed, because a bot takes it as it is. */
async function findSecrets(
  io: Io,
  { cwd, profile }: Pick<Config, 'cwd' | 'profile'>,
): Promise<readonly [FoundSecret, ...FoundSecret[]]> {
  const read = (name: string): Promise<Environment> => readDotEnv(cwd, name)
  const layers = [environmentLayer(io.env), ...(await dotEnvLayers(await read(SHARED), profile, read))]
  const [first, ...others] = layers
    .map((layer) => layer('secret'))
    .filter((found): found is Found => found !== null)
    .map(({ raw, source }) => ({ value: String(raw), source }))
  if (first !== undefined) return [first, ...others]
  throw new DevHookError('usage', 'there is no secret: SECRET is not set in the environment or in .env', {
    remedy:
      'copy it from the admin page (Settings, your organization, Bots, the bot, tab Webhook) into SECRET in `.env`',
  })
}

async function check(
  given: string,
  body: Buffer,
  [used, ...others]: readonly [FoundSecret, ...FoundSecret[]],
): Promise<Verification> {
  const checked = { given, bytes: body.length, source: used.source }
  const found = await diagnose(given, body, used.value)
  const hidden = found.certain ? undefined : others.find(({ value }) => fits(given, body, value))
  if (hidden === undefined) return { ...found, ...checked }
  const message = `it is right with ${hidden.source}, but ${used.source} takes precedence`
  return { ...found, ...checked, certain: true, accidents: [{ message, remedy: `remove ${used.source}` }] }
}

function jsonOf({ right, certain, accidents, given, expected, bytes, source }: Verification): unknown {
  return { type: 'verify', ok: right, certain, accidents, given, expected, bytes, secret: source }
}

function linesOf(
  { right, certain, accidents, given, expected, bytes, source }: Verification,
  colors: Colors,
): string[] {
  const used = `${bytes} bytes of body, signed with ${source}`
  if (right) return [`${colors.green('✓ right')}: ${used}`]
  const likely = certain ? '' : 'probably: '
  return [
    `${colors.red('✗ wrong')}: ${likely}${accidents.map(({ message }) => sanitize(message)).join('; and ')}`,
    `  ${colors.dim('given   ')} ${sanitize(given)}`,
    `  ${colors.dim('expected')} ${expected} ${colors.dim(`(${used})`)}`,
    ...[...new Set(accidents.map(({ remedy }) => remedy))].map((remedy) => `  → ${sanitize(remedy)}`),
  ]
}
