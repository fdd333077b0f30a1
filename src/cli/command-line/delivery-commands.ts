// The rows of the commands that are about deliveries: listing, replaying and triggering them.
import type { OptionKey } from '../../config/options.ts'
import { OUTCOME_NAMES } from '../../protocol/query/outcomes.ts'
import { TIMES } from '../../protocol/query/point-in-time.ts'
import { FILTER_FORM } from '../../protocol/query/query.ts'
import type { CommandSpec } from './command.ts'

/** What every command takes. */
export const COMMON: readonly OptionKey[] = ['json', 'quiet', 'verbose', 'color', 'config', 'profile', 'cwd']

/** What the commands need that work on the record alone. */
export const recordKeys: readonly OptionKey[] = [
  ...(['bot', 'apiHost', 'relay', 'natsCreds', 'port', 'path', 'forwardTo', 'botQuery'] as const),
  ...COMMON,
]

/** The flags that choose a running sandbox, or none. */
export const SANDBOX_FLAGS: NonNullable<CommandSpec['own']> = [
  {
    flags: '--sandbox [pid]',
    says: 'use a running sandbox: the one that was started in this folder, or the only one; or that of a process',
  },
  {
    flags: '--no-sandbox',
    says: 'never use a sandbox (without either flag: a live run first, else a sandbox of this folder)',
  },
]

export const DELIVERY_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'events',
    aliases: [],
    description:
      'List the recorded deliveries, newest last; show one in full, follow new ones, export one, or a conversation.',
    usage: '[show <id>|--last | export <id>|--last --as <format>] [options] [-- command…]',
    takesCommand: true,
    words: ['[show|export]', '[id]'],
    options: recordKeys,
    own: [
      { flags: '--follow', says: 'show the latest, then each new one, until Ctrl-C' },
      {
        flags: '-q, --query <filter>',
        mayBeEmpty: true,
        says: `only what a filter finds: ${FILTER_FORM}; a comma means or, a - in front means not, quotes keep spaces and commas`,
      },
      { flags: '--event <patterns>', says: 'only these events, as in a subscription' },
      { flags: '--conversation <ids>', says: 'only deliveries of this conversation, or of one of these' },
      {
        flags: '--outcome <outcomes>',
        choices: OUTCOME_NAMES,
        says: 'only deliveries with this outcome: answered, refused, interrupted, timed-out, cancelled; delivered, undelivered, returned, rejected; failed',
      },
      { flags: '--since <time>', says: `only from this time on: ${TIMES}` },
      { flags: '--until <time>', says: 'only before this time' },
      {
        flags: '--last [n]',
        says: 'only the newest, or the newest n; for `show` and `export`: the newest instead of an id',
      },
      {
        flags: '--as <curl|http|fixture|transcript|test|html>',
        says: 'the export format: a delivery as a request; a conversation as a fixture, a transcript, a test of the bot that the command after `--` starts, or an HTML file to pass on, which opens anywhere and can be played',
      },
      {
        flags: '--no-redact',
        says: 'export a conversation with its real names, addresses and ids instead of stand-ins',
      },
      { flags: '--runner <vitest|node>', choices: ['vitest', 'node'], says: 'what runs the test (default: vitest)' },
      { flags: '--with-secrets', says: 'export the secrets in headers, query and body too, instead of `[redacted]`' },
      ...SANDBOX_FLAGS,
    ],
    examples: [
      ['dev-hook events --last 20', 'the newest 20, each with the end of its id, which stands for the whole'],
      ['dev-hook events --follow --outcome failed', 'watch for what fails'],
      ['dev-hook events --since 1h --event "message.*"', 'the messages of the last hour'],
      [
        "dev-hook events -q 'refund status:5xx -from:bot'",
        'what was said about refunds and failed, but not by the bot',
      ],
      ['dev-hook events show --last', 'the newest delivery in full'],
      ['dev-hook events show mb3k2x', 'headers, body, and every attempt with the bot’s answer'],
      ['dev-hook events export mb3k2x --as curl', 'a command that sends it to the bot'],
      ['dev-hook events export mb3k2x --as fixture', 'JSON for a test of the bot'],
      ['dev-hook events export --last --as transcript', 'the newest conversation as it reads, without personal data'],
      ['dev-hook events export 5c1a9 --as html > talk.html', 'the same with its deliveries, to read in any browser'],
      ['dev-hook events export 5c1a9 --as test -- node bot.js', 'a conversation as a test, by the beginning of its id'],
    ],
    load: async () => (await import('../commands/events.ts')).events,
  },
  {
    name: 'replay',
    aliases: [],
    description:
      'Forward recorded deliveries to the bot again, in the order in which their ids are given or oldest first; through the running dev-hook if there is one.',
    usage: '[id…] [options]',
    takesCommand: false,
    words: ['[id...]'],
    options: recordKeys,
    own: [
      { flags: '--last [n]', says: 'the newest delivery, or the newest n (among those that the other flags select)' },
      { flags: '--failed', says: 'deliveries that were interrupted, answered with an error, or never delivered' },
      { flags: '--conversation <ids>', says: 'all deliveries of this conversation, or of these' },
      { flags: '--edit', says: 'edit the body first, in VISUAL or EDITOR; it is signed again' },
      ...SANDBOX_FLAGS,
    ],
    examples: [
      ['dev-hook replay --last', 'the newest one again'],
      ['dev-hook replay mb3k2x mb3k9f', 'these two, in this order; the beginning or the end of an id is enough'],
      ['dev-hook replay --last --edit', 'with another body'],
      ['dev-hook replay --failed', 'exit code 0 when the bot has accepted them all'],
    ],
    load: async () => (await import('../commands/replay.ts')).replay,
  },
  {
    name: 'trigger',
    aliases: [],
    description:
      'Make an event as the platform would, from a template or a file; the running dev-hook delivers it, or it goes straight to a URL.',
    usage: '<event> [text] [options]',
    takesCommand: false,
    words: ['[event]', '[text]'],
    options: ['bot', 'apiHost', 'relay', 'natsCreds', ...COMMON],
    own: [
      { flags: '--list', says: 'list the templates, one sentence each' },
      {
        flags: '--set <path=value>',
        says: 'set a value, as JSON or as it is: data.message.text=hi, data.message.actions[0].payload=YES; several times',
        repeats: true,
      },
      { flags: '--file <file|->', says: 'an event of your own in place of a template; - reads standard input' },
      { flags: '--conversation <id>', says: 'in this recorded conversation (default: one that is made up)' },
      { flags: '--count <n>', says: 'how many to send, each with ids of its own (default: 1)' },
      {
        flags: '--rate <n/s>',
        says: 'how many a second, or a minute as in 30/m (default: each once the one before is answered)',
      },
      {
        flags: '--delivery-id <id|none|own>',
        mayBeEmpty: true,
        says: 'the id of the delivery, to send it twice; none: without an id; own: the one in the file (default: a new one)',
      },
      {
        flags: '--to <url>',
        says: 'send it straight there, signed with SECRET: a port, a URL on this machine, or https',
      },
      { flags: '--dry-run', says: 'print the event, and send nothing' },
      ...SANDBOX_FLAGS,
    ],
    examples: [
      ['dev-hook trigger chat "hi there"', 'a contact says something'],
      ['dev-hook trigger postback YES', 'a contact presses a button with this payload'],
      ['dev-hook trigger assign --conversation 5c1a9a', 'a recorded conversation is assigned to the bot'],
      ['dev-hook trigger bot --set data.bot.enabled=false', 'with another value'],
      ['dev-hook trigger chat --count 100 --rate 20/s', 'some load; totals at the end'],
      ['dev-hook trigger --file event.json', 'an event of your own'],
      ['dev-hook trigger chat hi --to 3000', 'straight to the bot on that port, without a dev-hook'],
    ],
    load: async () => (await import('../commands/trigger.ts')).trigger,
  },
]
