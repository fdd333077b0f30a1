// How an option is called on the command line and in the environment, and how its default reads.
import { defaultWords } from './option.ts'
import { type OptionKey, optionOf } from './options.ts'

/** `gatewayPort` → `gateway-port`. */
export const flagName = (key: OptionKey): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** `gatewayPort` → `DEV_HOOK_GATEWAY_PORT`, then the names it is also read from. */
export function envNames(key: OptionKey): readonly string[] {
  const own = `DEV_HOOK_${flagName(key).toUpperCase().replaceAll('-', '_')}`
  return [own, ...(optionOf(key).env ?? [])]
}

/** The default in words, for help and README. */
export const defaultOf = (key: OptionKey): string => defaultWords(optionOf(key))
