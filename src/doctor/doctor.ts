// The list of checks: everything that a run needs, from the machine to the bot.
import { TRY_TUNNEL_MS } from '../daemon/offline/try-tunnel.ts'
import { checkChallenge, checkPort, checkSignatures } from './checks/bot.ts'
import { checkConfig } from './checks/config.ts'
import { checkNetwork, checkNode, checkPackage } from './checks/machine.ts'
import { checkApi, checkBot, checkClock, checkOwner, checkSecret, checkWebhook } from './checks/platform.ts'
import { checkBroker, checkRelay, checkRelayClock } from './checks/relay.ts'
import { checkLeftovers, checkState } from './checks/state.ts'
import { checkBotToken, checkRefreshToken, checkToken } from './checks/token.ts'
import { checkDomain, checkNgrok, checkTunnel } from './checks/tunnel.ts'
import type { Check } from './examine.ts'

/** The last attempt to open the tunnel may end a while after the time for all of them, in ms. */
const TUNNEL_MS = 2 * TRY_TUNNEL_MS

/** What a developer needs at a relay, which has tunnel, token and webhook. */
export const RELAY_CHECKS: readonly Check[] = [
  { name: 'node', run: checkNode },
  { name: 'package', run: checkPackage },
  { name: 'config', run: checkConfig },
  { name: 'state', run: checkState },
  { name: 'broker', run: checkBroker },
  { name: 'relay', run: checkRelay },
  { name: 'clock', run: checkRelayClock },
  { name: 'port', run: checkPort },
]

/** Every check in the order in which it is reported: what the others depend on comes first. */
export const CHECKS: readonly Check[] = [
  { name: 'node', run: checkNode },
  { name: 'package', run: checkPackage },
  { name: 'config', run: checkConfig },
  { name: 'state', run: checkState },
  { name: 'leftovers', run: checkLeftovers },
  { name: 'network', run: checkNetwork },
  { name: 'ngrok', run: checkNgrok, limitMs: TUNNEL_MS },
  { name: 'domain', run: checkDomain, limitMs: TUNNEL_MS },
  { name: 'tunnel', run: checkTunnel, limitMs: TUNNEL_MS },
  { name: 'token', run: checkToken },
  { name: 'refresh-token', run: checkRefreshToken },
  { name: 'api', run: checkApi },
  { name: 'clock', run: checkClock },
  { name: 'bot', run: checkBot },
  { name: 'bot-token', run: checkBotToken },
  { name: 'webhook', run: checkWebhook },
  { name: 'owner', run: checkOwner },
  { name: 'secret', run: checkSecret },
  { name: 'port', run: checkPort },
  { name: 'challenge', run: checkChallenge },
  { name: 'signature', run: checkSignatures },
]
