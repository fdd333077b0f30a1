// The table of tunnel providers: which one a run uses, by its settings.
import { type ExternalSettings, externalProvider } from './external.ts'
import { loopbackProvider } from './loopback.ts'
import { ngrokProvider } from './ngrok/ngrok.ts'
import type { TunnelProvider } from './provider.ts'

/** Creates a provider with the settings of a run; each names the settings that it needs. */
type CreateProvider = (settings: never) => TunnelProvider

/** By the value of the option `tunnel`. */
const PROVIDERS = {
  ngrok: ngrokProvider,
  loopback: loopbackProvider,
} as const satisfies Readonly<Record<string, CreateProvider>>

/** The settings that all rows of a table need together. */
type SettingsOf<T> = T extends Readonly<Record<string, (settings: infer S) => TunnelProvider>> ? S : never

/** What the table needs of a config. */
export type TunnelSettings = SettingsOf<typeof PROVIDERS> &
  Omit<ExternalSettings, 'url'> & {
    readonly tunnel: keyof typeof PROVIDERS
    /** A public URL that is given, or forwarded, goes before the choice of a tunnel. */
    readonly url: string | null
  }

/** The provider of a run. */
export function providerFor(settings: TunnelSettings): TunnelProvider {
  const { url, tunnel } = settings
  return url === null ? PROVIDERS[tunnel](settings) : externalProvider({ ...settings, url })
}
