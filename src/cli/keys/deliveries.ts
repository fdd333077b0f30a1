// What the keys do with recorded deliveries: list, read, replay and edit them, by the operations of the run.
import { DevHookError } from '../../core/errors.ts'
import type { ShownDelivery } from '../events/detail.ts'
import { editBody } from '../events/edit-body.ts'
import type { DeliveryRow } from '../events/row.ts'
import { shortId } from '../screen/event-words.ts'
import type { KeyContext } from './key-context.ts'
import { chosenIn, type Move, type ReadDelivery } from './key-state.ts'
import { LISTED } from './key-view.ts'

/** Reads the newest deliveries, oldest first. */
async function newest(
  { operations, ending }: KeyContext,
  limit: number,
  q: string | null,
): Promise<readonly DeliveryRow[]> {
  const { deliveries } = await operations.deliveries({ q, limit, cursor: null }, ending)
  return deliveries.toReversed()
}

/** Shows the list as it is now: with the newest one chosen, or the oldest, unless one is chosen already. */
export async function list(context: KeyContext, open?: 'first' | 'last'): Promise<void> {
  const rows = await newest(context, LISTED, null)
  if (open !== undefined && rows.length === 0) return context.say(NONE_YET)
  context.dispatch({ type: 'listed', rows, ...(open !== undefined && { open }) })
}

const NONE_YET =
  'no delivery is recorded yet: say something to the bot, or try `dev-hook trigger chat "hi"` in another terminal'

/** Moves the choice, or what is seen of a delivery; begins to choose where nothing is chosen. */
export async function move(context: KeyContext, by: Move | ((page: number) => number)): Promise<void> {
  if (!context.facts().canDraw) return
  if (context.state().is === 'following') return list(context, by === 'first' ? 'first' : 'last')
  const { page, furthest } = context.sight()
  context.dispatch({ type: 'moved', move: typeof by === 'function' ? by(page) : by, furthest })
}

/** Reads the chosen delivery, or one that is so many after it. */
export async function read(context: KeyContext, further = 0): Promise<void> {
  const state = context.state()
  if (state.is !== 'choosing' && state.is !== 'reading') return
  const id = state.choice.rows[state.choice.at + further]?.id
  if (id !== undefined) context.dispatch({ type: 'read', delivery: await wholeOf(context, id) })
}

async function wholeOf(context: KeyContext, id: string): Promise<ReadDelivery> {
  const detail = await context.operations.delivery({ id }, context.ending)
  return { detail, printed: await printedFor(context, detail) }
}

/** A bot prints a little after it has answered, too. */
const AFTER_MS = 50
/** Of what it has printed so many lines are shown, the last. */
const PRINTED = 100

/** What the bot has printed during the attempts of a delivery. */
async function printedFor(
  { operations, ending }: KeyContext,
  { attempts }: Pick<ShownDelivery, 'attempts'>,
): Promise<readonly string[]> {
  const spans = attempts.map(({ time, ms }) => {
    const from = Date.parse(time)
    return { since: new Date(from).toISOString(), until: new Date(from + ms + AFTER_MS).toISOString(), limit: PRINTED }
  })
  const found = await Promise.all(spans.map((span) => operations.output(span, ending)))
  return found.flatMap(({ lines }) => lines.map(({ line }) => line)).slice(-PRINTED)
}

/** Reads again the list, and the delivery that is read, if one is: what becomes of them is shown. */
export async function catchUp(context: KeyContext): Promise<void> {
  await list(context)
  const state = context.state()
  if (state.is !== 'reading') return
  context.dispatch({ type: 'updated', delivery: await wholeOf(context, state.delivery.detail.id) })
}

/** Enter: reads the chosen delivery; one that is read is printed, so that it stays and can be copied. */
export async function enter(context: KeyContext): Promise<void> {
  if (context.state().is !== 'reading') return read(context)
  context.sight().lines.forEach(context.say)
  context.dispatch({ type: 'left' })
}

/** The chosen delivery, else the last one that the bot may have; `null` when there is none. Throws `replayRefused`. */
async function meant(context: KeyContext): Promise<string | null> {
  const chosen = chosenIn(context.state())
  if (chosen?.settled === 'rejected')
    throw new DevHookError(
      'replayRefused',
      `delivery ${shortId(chosen.id)} was rejected, so the bot does not get it either`,
    )
  const found = chosen ?? (await newest(context, 1, '-outcome:rejected')).at(-1)
  if (found === undefined) context.say(NONE_YET)
  return found?.id ?? null
}

/** Replays the chosen delivery, or the last one. It is not waited for: a line says what the bot answers. */
export async function replay(context: KeyContext): Promise<void> {
  const id = await meant(context)
  if (id !== null) send(context, id, null)
}

function send({ operations, ending, complain }: KeyContext, id: string, body: string | null): void {
  operations.replay({ id, body }, ending).catch((error: unknown) => {
    // What still waits is taken back at the end.
    if (!ending.aborted) complain(error)
  })
}

/** Lets a person edit the chosen delivery, or the last one, and replays what they make of it, signed again. */
export async function edit(context: KeyContext): Promise<void> {
  const id = await meant(context)
  if (id === null) return
  const body = await context.daemon.control.bodyOf(id)
  context.dispatch({ type: 'edit-begun' })
  const giveBack = context.lend()
  let edited: Buffer | null
  try {
    edited = await editBody(body, context.io, context.ending)
  } finally {
    giveBack()
    context.dispatch({ type: 'edit-ended' })
    // What came meanwhile is in no list yet.
    await list(context)
  }
  if (edited !== null) return send(context, id, edited.toString('utf8'))
  context.say(
    'nothing was changed, so nothing was sent: `r` replays it as it is (an editor with a window has to wait, as `code --wait` does)',
  )
}
