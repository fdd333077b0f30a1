// Messages and people of a chat, as the run tells of them.
import type { OutputOf } from '../../operations/table.ts'

export type ChatMessage = OutputOf<'conversation'>['messages'][number]

export type ChatPerson = OutputOf<'people'>['people'][number]
