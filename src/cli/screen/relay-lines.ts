// The lines of a relay: where deliveries go, and who of its developers is there.
import { sanitize } from '../../core/text/sanitize.ts'
import type { WrittenSetup } from '../../relay/setup/write-setup.ts'
import type { RelayStatus, SeenDeveloper } from '../../relay/wire/words.ts'
import type { Colors } from '../output/colors.ts'
import type { NoticeOf } from './delivery-lines.ts'

/** What a relay announces, in words. */
export function relayWords(notice: NoticeOf<'routed' | 'developer' | 'broker'>, colors: Colors): readonly string[] {
  switch (notice.type) {
    case 'routed':
      return [routedWords(notice, colors)]
    case 'developer':
      return [developerWords(notice, colors)]
    case 'broker':
      return [`${colors.green('●')} the broker is back`]
    default:
      return notice satisfies never
  }
}

function routedWords({ to, how, id }: NoticeOf<'routed'>, colors: Colors): string {
  const whom = to === '_' ? 'until somebody wants it' : `for ${sanitize(to)}`
  const words = how === 'live' ? `→ ${sanitize(to)}` : `held ${whom}`
  return `${colors.dim(id.slice(-6))} ${words}`
}

const WORDS: Readonly<Record<NoticeOf<'developer'>['state'], string>> = {
  here: 'is there',
  vanished: 'has vanished',
  gone: 'has gone',
}

function developerWords({ name, who, state, held }: NoticeOf<'developer'>, colors: Colors): string {
  const mark = state === 'here' ? colors.green('●') : colors.yellow('●')
  const from = who === null ? '' : ` (${sanitize(who)})`
  return `${mark} ${sanitize(name)}${from} ${WORDS[state]}${held === 0 ? '' : `, ${held} held`}`
}

/** What was written for a broker, and what to do with it. */
export function setupLines({ config, relay, developers }: WrittenSetup): readonly string[] {
  return [
    `broker   nats-server -c ${config}`,
    `relay    dev-hook relay --nats-creds ${relay}`,
    ...developers.map(({ name, file, isNew }) => `${name.padEnd(8)} ${isNew ? '' : '(as before) '}${file}`),
    'Give each developer their own file, in a way that you trust; they start: dev-hook --nats-creds <file> -- node bot.js',
  ]
}

/** The status of a relay, line by line. */
export function relayStatusLines(status: RelayStatus, colors: Colors): readonly string[] {
  const { bot, relay, url, fallback, developers, unclaimed } = status
  const rest = fallback === 'hold' ? 'held' : `goes to ${sanitize(fallback)}`
  const width = Math.max(4, ...developers.map(({ name }) => name.length))
  return [
    `${colors.bold(sanitize(bot))} at ${sanitize(relay)}, ${url === '' ? 'starting' : sanitize(url)}`,
    `what no developer wants: ${rest}${unclaimed === 0 ? '' : `, ${unclaimed} wait`}`,
    ...(developers.length === 0 ? ['nobody is there'] : []),
    ...developers.map((each) => `  ${sanitize(each.name).padEnd(width)}  ${stateWords(each, colors)}`),
  ]
}

function stateWords({ who, state, only, held, conversations }: SeenDeveloper, colors: Colors): string {
  const is = state === 'here' ? colors.green('here') : colors.yellow(state)
  const wants = only === null ? 'everything' : only.map((text) => sanitize(text)).join(' or ')
  const waits =
    held === 0 ? '' : `, ${held} held in ${conversations} ${conversations === 1 ? 'conversation' : 'conversations'}`
  return `${is}${who === null ? '' : ` ${colors.dim(sanitize(who))}`}${who === null ? '' : `, wants ${wants}`}${waits}`
}
