// A conversation of a run in a form to pass on, which is made while deliveries go on.
import { DevHookError } from '../../core/errors.ts'
import type { Redact } from '../../core/text/redact.ts'
import { formatSize } from '../../core/text/size.ts'
import type { OutputOf } from '../../inspector/operations/table.ts'
import type { RunJournal } from '../../journal/journal.ts'
import { writeShared } from '../../protocol/shared/write-shared.ts'
import { belongsTo, findConversation, fixtureOf } from '../record/export/conversation.ts'
import { writeScript } from '../record/export/script-forms.ts'
import { shareConversation } from '../record/export/share.ts'
import type { TestFile } from '../record/export/test-file.ts'

/** All bodies together: to look through so much takes some tenths of a second, in which no delivery goes on. */
const MAX_BYTES = 1024 * 1024

/**
 * Writes the conversation with this id, or that of a delivery with it. Rejects with `deliveryUnknown` when there is none, with `usage`
 * when it is too large to be written by a run.
 */
export async function shareTalk(
  journal: Pick<RunJournal, 'summaries' | 'detail'>,
  { id: given, as }: { readonly id: string; readonly as: 'html' | 'transcript' | 'test' },
  { redact, command }: { readonly redact: Redact; readonly command: readonly string[] | null },
): Promise<OutputOf<'export'>> {
  const recorded = [...journal.summaries()].reverse()
  const conversation = findConversation(recorded, given, true)
  if (conversation === null) throw new DevHookError('deliveryUnknown', `no conversation ${given} is recorded`)
  const own = recorded.filter(belongsTo(conversation))
  const bytes = own.reduce((sum, one) => sum + one.bytes, 0)
  if (bytes > MAX_BYTES) {
    throw new DevHookError('usage', `the conversation has ${formatSize(bytes)}, which would keep deliveries waiting`, {
      remedy: `\`dev-hook events export ${conversation} --as ${as}\` writes it apart from this run`,
    })
  }
  const read = await Promise.all(own.map(({ id }) => journal.detail(id)))
  const details = read.filter((detail) => detail !== null)
  const options = { redact, withPeople: false }
  if (as !== 'html') {
    const { fixture } = fixtureOf(details, options)
    const test = (): TestFile => ({ runner: 'vitest', command: command ?? ['node', 'bot.js'] })
    return { text: await writeScript(fixture, as, test) }
  }
  const { talk } = shareConversation(details, options)
  const replaced = [...(talk.replaced ?? [])].map(([kind, count]) => ({ kind, count }))
  return { text: writeShared(talk), replaced }
}
