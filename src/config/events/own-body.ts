// A body that somebody has written by hand, checked for what keeps a bot from taking it.
import { isUtf8 } from 'node:buffer'
import { DevHookError, messageOf } from '../../core/errors.ts'
import { isRecord, type Json, textIn, valueIn } from '../../core/json.ts'
import { decodeText } from '../../core/text/decode.ts'
import { parseJson } from '../../core/text/parse-json.ts'

const NAME = /^[a-z][\w-]*(?:\.[\w-]+)+$/i

/** The event in a body. Throws `usage` for what no bot could take: `named` is where it comes from. */
export function readOwnBody(bytes: Buffer, named: string): Json {
  const { text, isUtf16 } = decodeText(bytes)
  if (!isUtf16 && !isUtf8(bytes)) throw refuse(named, 'it is not in UTF-8')
  const value = parsed(text, named)
  if (!isRecord(value)) throw refuse(named, 'it is not a JSON object')
  const problem = problemOf(value)
  if (problem !== null) throw refuse(named, problem)
  return value
}

function parsed(text: string, named: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw refuse(named, messageOf(error))
  }
}

/** chipchat never answers a delivery without these, so that the platform waits in vain. */
function problemOf(event: Json): string | null {
  const name = textIn(event, 'event')
  if (name === null) return 'it has no `event`'
  if (!NAME.test(name)) return `its \`event\` is not the name of one event, such as user.login`
  const data = valueIn(event, 'data')
  if (!name.startsWith('message.'))
    return isRecord(valueIn(event, 'activity')) ? null : 'it has no `activity`, which is an object'
  const conversation = textIn(valueIn(data, 'conversation'), 'id')
  if (conversation === null) return 'it has no `data.conversation.id`'
  if (!isRecord(valueIn(data, 'message'))) return 'it has no `data.message`'
  return textIn(valueIn(data, 'message'), 'conversation') === conversation
    ? null
    : '`data.message.conversation` is not `data.conversation.id`'
}

const refuse = (named: string, problem: string): DevHookError =>
  new DevHookError('usage', `${named} is not the body of a delivery: ${problem}`, {
    remedy: 'correct it; `dev-hook events export --as http` shows how one looks, and `--dry-run` an example',
  })
