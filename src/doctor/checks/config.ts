// The check of the config: its values, and the source of each.
import type { Config } from '../../config/load.ts'
import { flagName } from '../../config/option-names.ts'
import { OPTION_KEYS, optionOf } from '../../config/options.ts'
import { isSecret } from '../../config/values.ts'
import { ERRORS } from '../../core/errors.ts'
import type { Facts } from '../facts.ts'
import { type Finding, passed, warned } from '../finding.ts'

export async function checkConfig(facts: Facts): Promise<Finding> {
  const config = await facts.config()
  const given = OPTION_KEYS.filter((key) => config.sources[key] !== undefined)
  const { oddities, unreadConfigs } = config
  const remedy = ERRORS[oddities.length > 0 ? 'dotEnvOdd' : 'configIgnored'].remedy
  const odd = [...oddities, ...unreadConfigs]
  const found = (message: string): Finding =>
    odd.length === 0 ? passed(message) : warned([message, ...odd].join('\n'), remedy)
  if (given.length === 0) return found(`all defaults: ${whereNothingIs(config)}`)
  const values = given.map((key) => {
    const value = config[key]
    // A secret is named, never shown.
    const shown = isSecret(key) || value === null ? '' : ` ${optionOf(key).kind.show(value)}`
    return `${flagName(key)}${shown} (${config.sources[key]})`
  })
  return found(values.join(', '))
}

function whereNothingIs({ files, profiles }: Config): string {
  if (files.length === 0) return 'no config file, no .env, nothing in the environment'
  return profiles.length === 0 ? 'nothing is set' : `no profile is chosen of ${profiles.join(', ')}`
}
