// The parts of the status below the prompt: who speaks, where, and how the bot is.
import { textIn } from '../../core/json.ts'
import { oneLine } from '../../core/text/sanitize.ts'
import { showChaos } from '../../sandbox/chaos/chaos-words.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { NoticeOf } from '../screen/delivery-lines.ts'
import type { People } from './people.ts'

/** With fewer columns, what can be understood without them is left out. */
const NARROW = 60

/** The parts, the most important first. */
export function statusParts(
  { speaker, conversation }: Pick<People, 'speaker' | 'conversation'>,
  sandbox: Pick<Sandbox, 'data' | 'chaos'>,
  bot: NoticeOf<'bot'> | null,
  columns: number,
): readonly string[] {
  const place = sandbox.data('conversations').get(conversation)
  const name = oneLine(textIn(place, 'name') ?? 'deleted')
  const status = textIn(place, 'status') ?? 'gone'
  const where = `${columns < NARROW ? '' : 'conversation '}${name}, ${status}`
  const chaos = sandbox.chaos.current()
  return [speaker.role, where, botWords(bot), ...(chaos === null ? [] : [`chaos ${showChaos(chaos)}`]), '/help']
}

function botWords(bot: NoticeOf<'bot'> | null): string {
  if (bot === null) return 'bot starting'
  const { state, pid, port } = bot
  return pid === null && state !== 'ready' ? `no bot on port ${port}` : `bot ${state}`
}
