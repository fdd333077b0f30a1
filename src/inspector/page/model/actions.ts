// What a person does to deliveries: the same by a button and by a key.
import { formatDuration } from '../../../core/text/duration.ts'
import { quoted } from '../../../protocol/query/terms.ts'
import type { OutputOf } from '../../operations/table.ts'
import { ask, problemOf } from './api.ts'
import { later } from './later.ts'
import type { Model } from './model.ts'

/** What came of a replay, in a few words. */
export function replayWords({ outcome, status, ms }: OutputOf<'replay'>): string {
  return `replayed: ${status === null ? outcome : `the bot answered ${status}`} after ${formatDuration(ms)}`
}

export async function replay(model: Model, id: string): Promise<void> {
  model.tell('replaying …')
  const replayed = await model.attempt(() => ask('replay', { id }))
  if (replayed !== null) model.tell(replayWords(replayed))
}

/** Replays an edited copy, and gives it, or why it was refused; that is told where nobody waits for it any more, which gives `null`. */
export async function replayEdited(
  model: Model,
  id: string,
  body: string,
  isAwaited: () => boolean,
): Promise<{ readonly id: string } | { readonly refused: string } | null> {
  try {
    const replayed = await ask('replay', { id, body })
    model.tell(replayWords(replayed))
    return replayed
  } catch (error) {
    return isAwaited() ? { refused: problemOf(error).message } : model.attempt(() => Promise.reject(error))
  }
}

export async function replayConversation(model: Model, conversation: string, from: string): Promise<void> {
  model.tell('replaying the conversation …')
  const done = await model.attempt(() => ask('replayConversation', { conversation, from }))
  if (done !== null) model.tell(`replayed ${done.replayed.length} of the conversation, in order`)
}

/** What switches something: it goes by what is there once what was switched before has come. */
type Switching = Pick<Model, 'inTurn' | 'status' | 'loadStatus' | 'attempt' | 'tell'>

export const toggleHold = (model: Switching): Promise<void> =>
  model.inTurn(async () => {
    const isPaused = model.status.current()?.paused === true
    const done = await model.attempt(() => ask(isPaused ? 'release' : 'hold', {}))
    if (done === null) return
    model.tell(isPaused ? 'released, in order' : 'deliveries are held until you release them')
    await model.loadStatus()
  })

/** Replays a delivery after each restart of the bot from now on: the one that is chosen, else the last one; or no longer. */
export function toggleReplayOnSave(model: Switching & Pick<Model, 'address'>): Promise<void> {
  const { id } = model.address.store.current()
  return model.inTurn(async () => {
    const isOn = model.status.current()?.replayOnSave != null
    const done = await model.attempt(() => ask('replayOnSave', { on: !isOn, ...(!isOn && id !== null && { id }) }))
    if (done === null) return
    const which = done.replayOnSave?.id == null ? 'the last delivery' : 'this delivery'
    model.tell(isOn ? 'nothing is replayed on save any more' : `${which} is replayed after each restart of the bot`)
    await model.loadStatus()
  })
}

/** Switches on, or off with `null`, one thing that goes wrong in the sandbox on purpose; all else stays as it is by then. */
export const switchChaos = (
  model: Pick<Model, 'inTurn' | 'attempt' | 'tell'>,
  name: string,
  value: string | null,
): Promise<void> =>
  model.inTurn(async () => {
    const done = await model.attempt(async () => {
      const others = chaosWords((await ask('chaos', {})).chaos).filter((word) => !word.startsWith(`${name}=`))
      return ask('chaos', { chaos: [...others, ...(value === null ? [] : [`${name}=${value}`])].join(',') })
    })
    if (done === null) return
    model.tell(
      done.chaos === '' ? 'nothing goes wrong on purpose any more' : `from now on: ${done.chaos}`,
      `seed ${done.seed}`,
    )
  })

/** `delay=500ms` and the like. */
export const chaosWords = (chaos: string): readonly string[] => chaos.split(',').filter((word) => word !== '')

type Said = OutputOf<'conversation'>['messages'][number]

/**
 * Shows the delivery of a message of the sandbox beside the chat: the one that brought it to the bot; for one that the bot has written,
 * the last one before it, apart from commands of the platform such as `/assign`.
 */
export async function showMessage(
  model: Pick<Model, 'address' | 'attempt' | 'tell'>,
  { conversation, by, time, deliveries }: Pick<Said, 'conversation' | 'by' | 'time' | 'deliveries'>,
): Promise<void> {
  const overtaken = model.address.beginNavigation()
  const q = `conv:${quoted(conversation)}`
  const found = await model.attempt(() => ask('deliveries', { q, limit: 1_000 }))
  if (found === null || overtaken.aborted) return
  const delivery = found.deliveries.find((one) =>
    by === 'bot'
      ? one.own !== true && one.text?.startsWith('/') !== true && Date.parse(one.time) <= Date.parse(time)
      : one.platformId !== null && deliveries.includes(one.platformId),
  )
  if (delivery !== undefined) model.address.go({ id: delivery.id, vs: null }, 'back')
  else
    model.tell(by === 'bot' ? 'nothing was brought to the bot before that' : 'this message was not brought to the bot')
}

export async function restartBot(model: Model): Promise<void> {
  const done = await model.attempt(() => ask('restart', {}))
  if (done !== null) model.tell('the bot restarts')
}

/** What a delivery can be copied as; a test is one of its conversation. */
export const EXPORTS = ['curl', 'http', 'fixture', 'test'] as const

export async function copyAs(
  model: Pick<Model, 'beginCopy' | 'attempt' | 'tell' | 'toCopy' | 'dialog'>,
  id: string,
  as: (typeof EXPORTS)[number],
): Promise<void> {
  const overtaken = model.beginCopy()
  const done = await model.attempt(() => ask('export', { id, as }))
  if (done === null || overtaken.aborted) return
  try {
    await navigator.clipboard.writeText(done.text)
    model.tell(`copied as ${as}, without secrets`)
  } catch {
    // The browser does not let a page copy, or only closer to the click: a person still may.
    model.toCopy.set({ as, text: done.text })
    model.dialog.set('copy')
  }
}

/** Saves the conversation of a delivery as an HTML file to pass on, and says what stands in for what. */
export async function share(model: Model, id: string): Promise<void> {
  const done = await model.attempt(() => ask('export', { id, as: 'html' }))
  if (done === null) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([done.text], { type: 'text/html' }))
  link.download = `conversation-${id.slice(-6)}.html`
  link.click()
  // The browser reads it a little later.
  later(() => URL.revokeObjectURL(link.href), 10_000)
  const replaced = (done.replaced ?? []).map(({ kind, count }) => `${count} ${kind}`).join(', ')
  model.tell(
    'saved as one HTML file, without secrets',
    replaced === ''
      ? 'No personal data was found: read it before you pass it on.'
      : `Replaced: ${replaced}. Read it before you pass it on.`,
  )
}

/** Chooses the delivery that another is compared with, or ends that. */
export function toggleCompare({ address, tell }: Model): void {
  const { id, vs } = address.store.current()
  if (vs !== null) return address.go({ vs: null })
  if (id === null) return
  address.go({ vs: id })
  tell('choose another delivery to compare it with')
}
