// The script of a fixture: who says what is found out from the payloads of its events.
import { asRecord, isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import type { Fixture, FixtureStep } from '../fixture/fixture.ts'
import type { Message } from '../resources.ts'
import { lineOf } from '../transcript/from-messages.ts'
import type { TranscriptLine, TranscriptSpeaker } from '../transcript/model.ts'
import { checkContacts, type Script, type ScriptAct, type ScriptStep } from './script.ts'

/** The script of a fixture; what is not a message is left out. Throws `fixtureInvalid` for what nobody could say. */
export function scriptOfFixture(fixture: Fixture, source = 'fixture'): Script {
  const spoken = fixture.steps.flatMap(spokenIn)
  const names = headingsOf(spoken.map(({ talk }) => talk))
  const steps: {
    readonly scene: string
    readonly acts: ScriptAct[]
    readonly expected: readonly TranscriptLine[] | null
  }[] = []
  for (const { talk, act, expected } of spoken) {
    const scene = names.get(talk.id) ?? ''
    const before = steps.at(-1)
    // Said before the bot had answered: one step.
    if (before?.scene === scene && before.expected?.length === 0) {
      steps[steps.length - 1] = { scene, acts: [...before.acts, act], expected }
    } else steps.push({ scene, acts: [act], expected })
  }
  checkContacts(steps, source)
  return { name: fixture.name ?? null, steps }
}

/** A conversation as a payload shows it. */
interface Talk {
  readonly id: string
  readonly name: string
}

interface Spoken extends Pick<ScriptStep, 'expected'> {
  readonly talk: Talk
  readonly act: ScriptAct
}

function spokenIn({ event, payload, replies }: FixtureStep): readonly Spoken[] {
  const data = valueIn(payload, 'data')
  const message = asRecord(valueIn(data, 'message'))
  if (message === null || !event.startsWith('message.create')) return []
  const conversation = asRecord(valueIn(data, 'conversation')) ?? {}
  const line = lineOf(asMessage(message), speakerOf(message, conversation, payload))
  const expected = replies?.map((reply) => lineOf(asMessage(reply), { is: 'bot' })) ?? null
  if (line.kind === 'note') return []
  const talk = { id: textIn(conversation, 'id') ?? '', name: textIn(conversation, 'name') ?? '' }
  return [{ talk, act: { line, message, botId: botIn(conversation) }, expected }]
}

const participantsOf = (conversation: Json): readonly Json[] => {
  const participants = conversation['participants']
  return Array.isArray(participants) ? participants.filter(isRecord) : []
}

const botIn = (conversation: Json): string | null =>
  textIn(
    participantsOf(conversation).find(({ role }) => role === 'bot'),
    'user',
  )

/** `User Jenny Jones created a chat message` */
const SUMMARY = /^(?:User|Contact) (.{1,100}?) created /

/** Who has written a message that somebody else than the bot wrote. */
export function speakerOf(message: Json, conversation: Json, payload: Json): TranscriptSpeaker {
  const user = textIn(message, 'user')
  const isContact = message['role'] === 'contact' || (user !== null && user === conversation['contact'])
  const known = textIn(
    participantsOf(conversation).find((participant) => participant['user'] === user),
    'name',
  )
  const said = SUMMARY.exec(textIn(valueIn(payload, 'activity'), 'summary') ?? '')?.[1]
  const own = isContact ? textIn(conversation, 'name') : null
  return { is: isContact ? 'contact' : 'agent', name: known ?? own ?? said ?? (isContact ? 'Contact' : 'Agent') }
}

/** A recorded message with what a line of a transcript needs. */
export const asMessage = (message: Json): Message => ({
  ...message,
  id: textIn(message, 'id') ?? '',
  organization: textIn(message, 'organization') ?? '',
  conversation: textIn(message, 'conversation') ?? '',
  type: textIn(message, 'type') ?? 'chat',
  role: roleOf(message['role']),
  isBackchannel: message['isBackchannel'] === true,
  user: textIn(message, 'user') ?? '',
  text: textIn(message, 'text') ?? '',
  meta: asRecord(message['meta']) ?? {},
})

const roleOf = (role: unknown): Message['role'] => (role === 'contact' || role === 'agent' ? role : 'bot')

/** The heading of each conversation, by its id: none for a single one, and no two alike. */
function headingsOf(talks: readonly Talk[]): ReadonlyMap<string, string> {
  const headings = new Map<string, string>()
  const ids = new Set(talks.map(({ id }) => id))
  for (const { id, name } of talks) {
    if (ids.size === 1 || headings.has(id)) continue
    const taken = new Set(headings.values())
    let heading = name === '' ? 'Conversation' : name
    for (let n = 2; taken.has(heading); n += 1) heading = `${name === '' ? 'Conversation' : name} ${n}`
    headings.set(id, heading)
  }
  return headings
}
