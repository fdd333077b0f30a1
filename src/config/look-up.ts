// The last layer of options: values that other tools keep in files of their own.
import { type Environment, type Found, firstFound, type Layer } from './layers.ts'
import { OPTION_KEYS, OPTION_TABLE, type OptionKey, optionOf } from './options.ts'

/** Looks up what none of the layers has, for the tunnel that they choose. */
export async function lookUpLayer(
  layers: readonly Layer[],
  { env, platform }: { readonly env: Environment; readonly platform: NodeJS.Platform },
): Promise<Layer> {
  const tunnel = chosenTunnel(layers)
  const found = new Map<OptionKey, Found>()
  for (const key of OPTION_KEYS) {
    const { lookUp } = optionOf(key)
    if (lookUp === undefined || lookUp.tunnel !== tunnel || firstFound(layers, key) !== null) continue
    const value = await lookUp.find(env, platform)
    if (value !== null) found.set(key, value)
  }
  return (key) => found.get(key) ?? null
}

function chosenTunnel(layers: readonly Layer[]): string | null {
  const { kind, fallback } = OPTION_TABLE.tunnel
  const given = firstFound(layers, 'tunnel')
  if (given === null) return fallback
  const parsed = kind.read(given.raw)
  return 'value' in parsed ? parsed.value : null
}
