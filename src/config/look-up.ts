// The last layer of options: values that other tools keep in files of their own.
import { type Environment, type Found, firstFound, type Layer } from './layers.ts'
import { OPTION_KEYS, OPTION_TABLE, type OptionKey, optionOf } from './options.ts'

/** What was looked up, and the files that cannot be read in which more may be. */
export interface LookUpLayer {
  readonly layer: Layer
  readonly unreadable: readonly string[]
}

/** Looks up what none of the layers has, for the tunnel that they choose. */
export async function lookUpLayer(
  layers: readonly Layer[],
  { env, platform }: { readonly env: Environment; readonly platform: NodeJS.Platform },
): Promise<LookUpLayer> {
  const tunnel = chosenTunnel(layers)
  const found = new Map<OptionKey, Found>()
  const unreadable: string[] = []
  for (const key of OPTION_KEYS) {
    const { lookUp } = optionOf(key)
    if (lookUp === undefined || lookUp.tunnel !== tunnel || firstFound(layers, key) !== null) continue
    const looked = await lookUp.find(env, platform)
    if (looked.found !== null) found.set(key, looked.found)
    unreadable.push(...looked.unreadable)
  }
  return { layer: (key) => found.get(key) ?? null, unreadable }
}

function chosenTunnel(layers: readonly Layer[]): string | null {
  const { kind, fallback } = OPTION_TABLE.tunnel
  const given = firstFound(layers, 'tunnel')
  if (given === null) return fallback
  const parsed = kind.read(given.raw)
  return 'value' in parsed ? parsed.value : null
}
