// What the public sides of tunnel providers add to HTTP, for a probe that does not know who serves a URL.
import { NGROK_PUBLIC_SIDE } from './ngrok/public-side.ts'

/** What the servers do that a provider runs between the public and its agents. */
export interface PublicSide {
  /** Sent with every probe. */
  readonly requestHeaders: Readonly<Record<string, string>>
  /** The header with the reason why the server answers in the agent's place. */
  readonly errorHeader: string
}

/** Of every provider that adds something. A probed URL may be that of another dev-hook, with another provider. */
export const PUBLIC_SIDES: readonly PublicSide[] = [NGROK_PUBLIC_SIDE]
