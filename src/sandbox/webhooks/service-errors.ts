// When a service is in error: its webhook cannot be verified, or takes nothing any longer.
// Source: chipchat docs/events.md for the event; when it comes is inferred.
import type { Document } from '../../protocol/resources.ts'
import type { Store } from '../store.ts'
import type { SandboxDelivery } from './deliver.ts'
import { hookIn, slotsOfService } from './locations.ts'

/** After so many attempts at one delivery, its receiver is not only restarting. */
export const FAILED_ATTEMPTS = 5

export interface ServiceErrors {
  /** A webhook did not answer the challenge. */
  unverified(url: string): void
  /** An attempt to deliver something to a webhook has ended. */
  attempted(url: string, delivery: Pick<SandboxDelivery, 'attempts' | 'state'>): void
  /** Forgets which services are in error. */
  clear(): void
}

/** Creates it; `tell` is called once for each time that a service begins to fail. A bot's own webhook is not a service. */
export function createServiceErrors(
  store: Pick<Store, 'services'>,
  tell: (service: Document, message: string) => void,
): ServiceErrors {
  const failing = new Set<string>()
  const serviceAt = (url: string): Document | undefined =>
    store.services.all().find((service) => slotsOfService(service).some((slot) => hookIn(service, slot).url === url))

  return {
    unverified: (url) => {
      const service = serviceAt(url)
      if (service !== undefined) tell(service, 'The callback URL could not be verified')
    },
    attempted: (url, { attempts, state }) => {
      const isFailing = state !== 'delivered' && attempts.length >= FAILED_ATTEMPTS
      // What is delivered without any trouble before it, as nearly all is, needs no look.
      if (!isFailing && failing.size === 0) return
      const service = serviceAt(url)
      if (service === undefined) return
      if (state === 'delivered') failing.delete(service.id)
      if (!isFailing || failing.has(service.id)) return
      failing.add(service.id)
      tell(service, 'The callback URL could not be reached')
    },
    clear: () => failing.clear(),
  }
}
