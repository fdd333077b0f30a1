// The status of a relay, for whoever asks it.
import { cleanValue } from '../../core/text/clean-notice.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { toJson } from '../../core/text/to-json.ts'
import { EXIT_CODES } from '../exit.ts'
import type { Io } from '../io.ts'
import type { OpenCommand } from '../open-command.ts'
import { relayStatusLines } from '../screen/relay-lines.ts'
import { readRelayStatus } from './ask-relay.ts'

/** Prints who is there and what waits; resolves to the exit code. `nats`: the broker, where the config does not name it. */
export async function showRelay(opened: OpenCommand, io: Io, nats: string | null = null): Promise<number> {
  const { json, colors } = opened
  const status = await readRelayStatus(opened, nats)
  if (json) io.out(toJson(cleanValue({ ...status }, oneLine)))
  else relayStatusLines(status, colors).forEach(io.out)
  return EXIT_CODES.ended
}
