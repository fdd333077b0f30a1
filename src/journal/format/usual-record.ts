// The records that most lines begin with, read with one expression each: deliveries and answered attempts without anything odd in them.
import type { AttemptRecord, DeliveryRecord, LogRecord } from './record-format.ts'

// To parse a line as JSON, and then look at every field of what came out, takes three times as long. So an expression takes exactly
// what `writeRecord` writes, field by field, where no text needs an escape and no number is unusual; all other lines are parsed.

const TEXT = String.raw`"([^"\\\x00-\x1f]*)"`
const TEXT_OR_NULL = `(?:null|${TEXT})`
// Of 15 digits: safe as an integer, and as a time.
const COUNT = String.raw`(0|[1-9]\d{0,14})`
const NUMBER = String.raw`((?:0|[1-9]\d{0,14})(?:\.\d{1,17})?)`
const STATUS = String.raw`(0|[1-9]\d{0,2})`
/** What follows the record in its line, which no text without quotes can hold. */
const END = String.raw`,"headers":\[`

const LABEL = [
  `\\{"event":${TEXT_OR_NULL},"platformId":${TEXT_OR_NULL},"conversation":${TEXT_OR_NULL},"text":${TEXT_OR_NULL}`,
  `(?:,"from":${TEXT})?(,"own":true)?\\}`,
].join('')
const DELIVERY = new RegExp(
  [
    `^\\{"t":"delivery","seq":${COUNT},"id":${TEXT},"receivedAt":${COUNT},"bytes":${COUNT},"key":${TEXT_OR_NULL}`,
    `,"label":${LABEL},"method":${TEXT},"search":${TEXT}(?:,"editOf":${TEXT})?${END}`,
  ].join(''),
)
const ANSWERED = new RegExp(
  [
    `^\\{"t":"attempt","seq":${COUNT},"id":${TEXT},"n":${COUNT},"startedAt":${COUNT},"ms":${NUMBER}`,
    `(,"replay":true)?,"outcome":"answered","status":${STATUS},"bytes":${COUNT}${END}`,
  ].join(''),
)

/** The record that a line begins with, its beginning given as text; `null` for one that has to be parsed, if it is a record at all. */
export const usualRecord = (line: string): LogRecord | null =>
  line.startsWith('{"t":"d') ? deliveryIn(line) : answeredIn(line)

function deliveryIn(line: string): DeliveryRecord | null {
  const found = DELIVERY.exec(line)
  if (found === null) return null
  return {
    t: 'delivery',
    seq: Number(found[1]),
    id: found[2] ?? '',
    receivedAt: Number(found[3]),
    bytes: Number(found[4]),
    key: found[5] ?? null,
    label: {
      event: found[6] ?? null,
      platformId: found[7] ?? null,
      conversation: found[8] ?? null,
      text: found[9] ?? null,
      from: found[10],
      own: found[11] === undefined ? undefined : true,
    },
    method: found[12] ?? '',
    search: found[13] ?? '',
    editOf: found[14],
  }
}

function answeredIn(line: string): AttemptRecord | null {
  const found = ANSWERED.exec(line)
  if (found === null) return null
  return {
    t: 'attempt',
    seq: Number(found[1]),
    id: found[2] ?? '',
    n: Number(found[3]),
    startedAt: Number(found[4]),
    ms: Number(found[5]),
    replay: found[6] === undefined ? undefined : true,
    outcome: 'answered',
    status: Number(found[7]),
    bytes: Number(found[8]),
  }
}
