// `dev-hook relay`: holds a bot, and brings its deliveries to developers.
import { randomUUID } from 'node:crypto'
import { withoutPid } from '../../core/instance.ts'
import { botFolder, identityOf } from '../../daemon/account/bot-identity.ts'
import { deliveredConversation } from '../../daemon/offline/recorded-conversation.ts'
import { createHubLink } from '../../daemon/relay/hub-factories.ts'
import { readRelayKey } from '../../daemon/relay/relay-key.ts'
import { readAddress } from '../../relay/broker/address.ts'
import { openBroker } from '../../relay/broker/broker.ts'
import { openHub } from '../../relay/hub/hub.ts'
import { MAX_MESSAGE_BYTES } from '../../relay/wire/envelope.ts'
import { RELAY_NAME } from '../../relay/wire/subjects.ts'
import type { Call } from '../command-line/command.ts'
import { textOf } from '../command-line/own-flags.ts'
import type { OpenCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'
import { openDefault } from './default-receiver.ts'
import { readDefault, readGrace } from './relay-flags.ts'

/** Runs a relay to its end; resolves to the exit code. */
export async function runRelay(opened: OpenCommand, { own, io }: Call): Promise<number> {
  const { config, who, json } = opened
  const rest = openDefault(readDefault(own['default']), config)
  const graceMs = readGrace(own['grace'])
  const address = await readAddress(textOf(own, 'nats'), config.natsCreds)
  const { botId: bot } = identityOf(config)
  const stateHome = opened.stateHome()
  const folder = botFolder(stateHome, config.apiHost, bot)
  const key = await readRelayKey(folder)
  const broker = await openBroker(address, RELAY_NAME)
  try {
    const link = createHubLink()
    const findConversation = (given: string) => deliveredConversation(folder, given)
    const own = { who: withoutPid(who), session: randomUUID(), key, fallback: rest.fallback, graceMs, findConversation }
    const hub = await openHub({ broker, bot, ...own }, link.synced)
    try {
      if (hub.tooSmall !== null && !json) io.err(smallBroker(hub.tooSmall))
      const role = { is: 'relay', broker: address.url, fallback: rest.name } as const
      const relay = { role, factories: link.factories(hub) }
      const all = { ...opened, config: { ...config, only: null } }
      return await runDaemon({ ...all, stateHome, command: null, io, botEnv: {}, relay })
    } finally {
      await hub.close()
    }
  } finally {
    await broker.close()
    await rest.close()
  }
}

const smallBroker = (bytes: number): string =>
  `the broker takes messages of ${bytes} bytes at most: larger deliveries are refused with 502 (set \`max_payload: ${MAX_MESSAGE_BYTES}\` in its configuration)`
