// What is done to text from outside takes time that grows as the text does: a long one costs what many short ones cost.
import { describe, expect, it } from 'vitest'
import { portIn } from '../src/bot/port-hint.ts'
import { parseTarget } from '../src/config/target.ts'
import { runIdOf, withoutCredentials } from '../src/core/hook-url.ts'
import { encodePath } from '../src/core/http/encode-path.ts'
import { cleanNotice } from '../src/core/text/clean-notice.ts'
import { htmlLines } from '../src/core/text/html-lines.ts'
import { layOut, pack } from '../src/core/text/json-layout.ts'
import { createRedactor } from '../src/core/text/redact.ts'
import { isHarmless, oneLine, sanitize, sanitizeLines } from '../src/core/text/sanitize.ts'
import { toJson } from '../src/core/text/to-json.ts'
import { withoutTrailingSlashes } from '../src/core/text/trailing-slashes.ts'
import { hideSecrets } from '../src/daemon/record/hide-secrets.ts'
import { redactRecord } from '../src/doctor/dump.ts'
import { readBotCode } from '../src/onboarding/bot-code.ts'
import { setVariables } from '../src/onboarding/env-file.ts'
import { readManifest } from '../src/onboarding/manifest.ts'
import { parseExact } from '../src/platform/api/exact-json.ts'
import { isMasked } from '../src/platform/webhook/hook.ts'
import { searchableText } from '../src/protocol/body-json.ts'
import { readHeader } from '../src/protocol/diagnosis/header.ts'
import { identify } from '../src/protocol/payload.ts'
import { withoutPersonalData } from '../src/protocol/personal-data/replace.ts'
import { readQuery } from '../src/protocol/query/query.ts'
import { ngrokFailed } from '../src/tunnel/ngrok/refusal.ts'
import { aDelivery } from './support/deliveries.ts'

const { redact } = createRedactor(['a-known-secret'])

/** Everything that looks for something in a text from outside. */
const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  redact,
  cleanNotice: (text) => cleanNotice({ type: 'bot-output', time: '', stream: 'stdout', line: text }, redact),
  redactRecord: (text) => redactRecord({ note: text }, redact),
  hideSecrets: (text) => hideSecrets(text, redact),
  sanitize: (text) => sanitize(text, text.length),
  sanitizeLines,
  htmlLines,
  searchableText: (text) => searchableText([], Buffer.from(text)),
  readQuery: (text) => readQuery(text, 0),
  isHarmless,
  oneLine,
  withoutTrailingSlashes,
  portIn,
  layOut,
  pack,
  toJson,
  encodePath,
  parseTarget: (text) => parseTarget(text, '/'),
  runIdOf,
  withoutCredentials,
  readBotCode,
  readManifest,
  setVariables: (text) => setVariables(text, [{ name: 'TOKEN', value: 'new' }]),
  parseExact: (text) => parseExact(JSON.stringify([text])),
  isMasked,
  readHeader,
  withoutPersonalData: (text) => withoutPersonalData({ name: 'Jenny Jones', text }),
  identify: (text) => identify(aDelivery({ body: Buffer.from(text) })),
  ngrokFailed,
}

/** What is repeated: beginnings that may be followed by much, and what a pattern may begin anywhere in. */
const PUMPS = [
  'a',
  ' ',
  '\t',
  '\n',
  '/',
  '//',
  '/*',
  '-',
  '.-',
  '.',
  '@',
  '<',
  '?',
  '"',
  '\\',
  '[',
  '{"a":',
  '-eyJ',
  'eyJ-',
  'eyJaaaaaaaa.',
  '://',
  '://a:',
  'a+',
  'Basic ',
  'token":',
  '?token=',
  '\u001B',
  '\u001B]',
  '\u001B[',
  '\u001B[0 ',
  '\u0090\u001B',
  ';?',
  '\u009B0',
  '\u009D',
  'ERR_NGROK_1 ',
  'process.env.PORT ',
  'port ',
  '\ud800',
  'TOKEN=a ',
]

/** What a text begins with before the repetition: what is looked for may have begun. */
const BEGINNINGS = ['', '\u001B]', 'https://', 'process.env.PORT', '{"a":"']

const SHORT = 512
const STEPS = [16, 64, 256]

/** A text whose time grows with the square of its length costs `STEPS` times as much as many short ones. */
const MOST = 12

/** Tries to tell what takes long from what was disturbed by whatever else the machine does, and from what was not yet compiled. */
const TRIES = 8

/** How long some work takes, in milliseconds. */
function timeOf(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** How many times as long one long text takes as many short ones with as many characters; 1 when that is not many. */
function excessOf(read: (text: string) => unknown, beginning: string, pump: string): number {
  const textOf = (length: number): string => beginning + pump.repeat(Math.ceil(length / pump.length))
  const attempt = (text: string): void => {
    try {
      read(text)
    } catch {
      // It may refuse the text, as long as it does not take long to.
    }
  }
  const short = textOf(SHORT)
  // Short before long: what takes too long is not tried at its longest.
  for (const times of STEPS) {
    const long = textOf(SHORT * times)
    let excess = Number.POSITIVE_INFINITY
    for (let n = 0; n < TRIES && excess > MOST; n += 1) {
      const apart = timeOf(() => {
        for (let m = 0; m < times; m += 1) attempt(short)
      })
      excess = Math.min(excess, timeOf(() => attempt(long)) / apart)
    }
    if (excess > MOST) return excess
  }
  return 1
}

describe.each(Object.entries(READERS))('The time of %s', (_, read) => {
  it('grows as the text does, whatever is repeated', () => {
    const wrong = BEGINNINGS.flatMap((beginning) =>
      PUMPS.flatMap((pump) => {
        const times = excessOf(read, beginning, pump)
        return times === 1 ? [] : [`${JSON.stringify(beginning + pump)}…: ${times.toFixed(0)} times`]
      }),
    )
    expect(wrong).toEqual([])
  })
})
