// `dev-hook --relay`: the run of a developer whose deliveries come from a relay.
import { randomUUID } from 'node:crypto'
import { neverAborted } from '../../core/async.ts'
import { withoutPid } from '../../core/instance.ts'
import { seatFolder } from '../../daemon/account/bot-identity.ts'
import { seatFactories } from '../../daemon/relay/seat-factories.ts'
import { nameAt, readAddress } from '../../relay/broker/address.ts'
import { openBroker } from '../../relay/broker/broker.ts'
import { openSeat } from '../../relay/seat/seat.ts'
import type { Call } from '../command-line/command.ts'
import type { OpenCommand } from '../open-command.ts'
import { runDaemon } from '../session/run-daemon.ts'

/** Runs it to its end; resolves to the exit code. */
export async function runSeat(opened: OpenCommand, { command, io }: Call): Promise<number> {
  const { config, redactor } = opened
  const who = withoutPid(opened.who)
  const address = await readAddress(config.relay, config.natsCreds)
  const name = nameAt(address, who)
  const broker = await openBroker(address, name)
  try {
    const { bot, only } = config
    const seat = await openSeat({ broker, bot, name, who, session: randomUUID(), only }, neverAborted())
    const { relay, secret } = seat.welcome()
    redactor.conceal(secret)
    const stateHome = opened.stateHome()
    const folder = seatFolder(stateHome, { server: address.server, name }, bot)
    const role = { is: 'developer', broker: address.url, name, relay } as const
    const given = { role, factories: seatFactories(seat, folder) }
    // The relay has the filters, so that what does not match never comes here.
    const own = { ...opened, config: { ...config, only: null } }
    return await runDaemon({ ...own, stateHome, command, io, botEnv: {}, relay: given })
  } finally {
    await broker.close()
  }
}
