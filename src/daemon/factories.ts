// What opens the parts of a run: the factories of the rooms, which a test replaces with its own.
import { openGateway } from '../gateway/server.ts'
import type { Inspector, InspectorOptions } from '../inspector/server.ts'
import { createApiClient } from './account/api-client.ts'
import { watchSaves } from './running/on-save.ts'
import { startRegistrationMonitor } from './running/registration-monitor.ts'
import { openRunRegistration } from './start/open-registration.ts'
import { openState } from './start/open-state.ts'
import { openTunnel } from './start/open-tunnel.ts'
import { checkPreflight } from './start/preflight.ts'
import { startBot } from './start/start-bot.ts'
import { createTraffic } from './traffic/traffic.ts'
import { startWatchdog } from './watchdog/watchdog.ts'

/** The real factories. */
export const FACTORIES = {
  checkPreflight,
  createApiClient,
  openState,
  createTraffic,
  openGateway,
  watchSaves,
  openTunnel,
  openRegistration: openRunRegistration,
  /** Its server takes longer to load than everything else: only now, while the tunnel opens. */
  openInspector: async (options: InspectorOptions): Promise<Inspector> => {
    const { openInspector } = await import('../inspector/server.ts')
    return openInspector(options)
  },
  startWatchdog,
  startBot,
  startMonitor: startRegistrationMonitor,
}

export type Factories = Readonly<typeof FACTORIES>
