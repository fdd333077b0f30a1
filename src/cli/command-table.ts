// The table of commands: name, flags, help, and which file does the work.
import { OPTION_KEYS, type OptionKey, optionOf } from '../config/options.ts'
import { OUTCOME_NAMES } from '../protocol/query/outcomes.ts'
import { TIMES } from '../protocol/query/point-in-time.ts'
import { FILTER_FORM } from '../protocol/query/query.ts'
import { SIGNATURE_EXAMPLE, SIGNATURE_HEADERS } from '../protocol/signature.ts'
import type { CommandSpec } from './command.ts'

/** What every command takes. */
const COMMON: readonly OptionKey[] = ['json', 'quiet', 'verbose', 'color', 'config', 'profile', 'cwd']

const platformKeys: readonly OptionKey[] = ['bot', 'hook', 'webhookPlace', 'apiHost', ...COMMON]

/** What the commands need that work on the record alone. */
const recordKeys: readonly OptionKey[] = ['bot', 'apiHost', 'port', 'path', 'forwardTo', 'botQuery', ...COMMON]

const UNUSED_BY_DOCTOR: ReadonlySet<OptionKey> = new Set(['watch', 'restore', 'probe'])

export const COMMANDS: readonly [CommandSpec, ...CommandSpec[]] = [
  {
    name: 'dev',
    aliases: ['listen'],
    description:
      'Develop a Web1on1 chat bot on your own machine: opens a tunnel, points the bot’s webhook to it, forwards every event to the bot, holds events while it restarts, and puts the webhook back at the end.',
    usage: '[options] [-- command…]',
    takesCommand: true,
    options: OPTION_KEYS,
    examples: [
      ['dev-hook', 'tunnel and forward to port 3000, or PORT'],
      ['dev-hook -- node bot.js', 'start the bot too, restart it on every save'],
      ['dev-hook --port 4002 --events "message.*"', 'another port, other events'],
      ['dev-hook sandbox -- node bot.js', 'the same with no account and no network'],
    ],
    load: async () => (await import('./commands/dev.ts')).dev,
  },
  {
    name: 'sandbox',
    aliases: [],
    description: 'Run the same against a platform emulated on this machine: no account, no tunnel, no network.',
    usage: '[options] [-- command…]',
    takesCommand: true,
    options: OPTION_KEYS.filter((key) => optionOf(key).group !== 'Tunnel' && optionOf(key).group !== 'Webhook').concat(
      'events',
    ),
    own: [
      {
        flags: '--say <text>',
        says: 'send this as a contact, print the answer on stdout and exit (without it, every line you type is sent); several times: one after the other',
        repeats: true,
      },
      { flags: '--timeout <time>', says: 'how long to wait for each answer (default: 20s)' },
      {
        flags: '--arrival <how>',
        says: 'how the bot comes into a conversation: assigned with /assign, joined from the start, or absent (default: assigned)',
      },
      {
        flags: '--scope <scope>',
        says: "what the bot's token may do: guest, agent, bot or admin (default: what its own token says, else bot)",
      },
      { flags: '--api-port <port>', says: 'the port of the emulated API (default: any free one)' },
    ],
    examples: [
      ['dev-hook sandbox -- node bot.js', 'talk to the bot, line by line'],
      ['dev-hook sandbox --say hi -- node bot.js', 'one message, its answer on stdout, then end'],
      ['dev-hook sandbox --say hi --say bye -- node bot.js', 'two, each after the answer to the one before'],
      ['echo hi | dev-hook sandbox -- node bot.js', 'the same from a script'],
    ],
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'init',
    aliases: [],
    description: 'Set up a folder: ask for what cannot be detected, check each answer, write the config and .env.',
    usage: '[options]',
    takesCommand: false,
    options: ['port', 'path', 'bot', 'apiHost', 'tunnel', 'yes', ...COMMON],
    own: [
      {
        flags: '--agents',
        says: 'also tell coding agents how to try the bot: a section in AGENTS.md, and a skill in .agents/skills',
      },
    ],
    examples: [
      ['dev-hook init', 'in a folder with a bot, or in an empty one'],
      ['dev-hook init --profile echo', 'one of several bots: its secrets go into .env.echo'],
      ['dev-hook init --yes', 'ask nothing: use what is found, and defaults for the rest'],
      ['dev-hook init --yes --agents', 'the same, with AGENTS.md and a skill for coding agents'],
    ],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'doctor',
    aliases: [],
    description: 'Check everything that a run needs, one line each, and say how to fix what is wrong.',
    usage: '[options]',
    takesCommand: false,
    options: OPTION_KEYS.filter((key) => optionOf(key).group !== 'Delivery' && !UNUSED_BY_DOCTOR.has(key)),
    own: [
      { flags: '--offline', says: 'do not open the tunnel' },
      { flags: '--live', says: 'claim the webhook once through the tunnel, and put it back' },
      { flags: '--dump-bot', says: "only print the bot's record without secrets, for a report" },
    ],
    examples: [
      ['dev-hook doctor', 'opens the tunnel, and changes nothing; three harmless deliveries test the bot'],
      ['dev-hook doctor --live', 'one whole round: tunnel, claim, verify, restore'],
      ['dev-hook doctor --json', 'one check a line; exit code 0 only if all is well'],
      ['dev-hook doctor --dump-bot > bot.json', 'to report a record that dev-hook does not understand'],
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'status',
    aliases: [],
    description:
      'Show which webhook is registered, whose it is, whether it answers, and what a crashed run left behind.',
    usage: '[options]',
    takesCommand: false,
    options: platformKeys,
    own: [
      { flags: '--ask', says: 'also send a challenge to a webhook that is not dev-hook’s' },
      { flags: '--consents', says: 'list the remembered yeses to take the webhook of somebody else' },
      { flags: '--forget', says: 'forget them: the next run asks again (with `--bot`, only that of one bot)' },
    ],
    examples: [
      ['dev-hook status', 'read only: nothing is changed'],
      ['dev-hook status --json', 'for scripts; exit code 1 if something was left behind'],
      ['dev-hook status --consents', 'which production webhooks a run takes without asking'],
    ],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'restore',
    aliases: [],
    description: 'Put back the webhook that a crashed run left behind.',
    usage: '[options]',
    takesCommand: false,
    options: platformKeys,
    examples: [['dev-hook restore', 'exit code 0 when the webhook is as it was, or nothing was left']],
    load: async () => (await import('./commands/restore.ts')).restore,
  },
  {
    name: 'events',
    aliases: [],
    description: 'List the recorded deliveries, newest last; show one in full, follow new ones, export one.',
    usage: '[show <id>|--last | export <id>|--last --as <format>] [options]',
    takesCommand: false,
    words: ['[show|export]', '[id]'],
    options: recordKeys,
    own: [
      { flags: '--follow', says: 'show the latest, then each new one, until Ctrl-C' },
      {
        flags: '-q, --query <filter>',
        says: `only what a filter finds: ${FILTER_FORM}; a comma is or, a - in front is not, quotes hold words together`,
      },
      { flags: '--event <patterns>', says: 'only these events, as in a subscription' },
      { flags: '--conversation <id>', says: 'only deliveries of this conversation' },
      {
        flags: '--outcome <outcomes>',
        choices: OUTCOME_NAMES,
        says: 'only deliveries with this outcome: answered, refused, interrupted, timed-out, cancelled; delivered, undelivered, returned, rejected; failed',
      },
      { flags: '--since <time>', says: `only from this time on: ${TIMES}` },
      { flags: '--until <time>', says: 'only before this time' },
      {
        flags: '--last [n]',
        says: 'only the newest, or the newest n; of `show` and `export`: the newest instead of an id',
      },
      { flags: '--as <curl|http|fixture>', says: 'the format to export' },
      { flags: '--with-secrets', says: 'export the secrets in headers, query and body too, in place of `[redacted]`' },
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
    ],
    load: async () => (await import('./commands/events.ts')).events,
  },
  {
    name: 'replay',
    aliases: [],
    description:
      'Forward recorded deliveries to the bot again, in the order of their ids or oldest first; through the running dev-hook if there is one.',
    usage: '[id…] [options]',
    takesCommand: false,
    words: ['[id...]'],
    options: recordKeys,
    own: [
      { flags: '--last [n]', says: 'the newest delivery, or the newest n (among those that the other flags select)' },
      { flags: '--failed', says: 'deliveries that were interrupted, answered with an error, or never delivered' },
      { flags: '--conversation <id>', says: 'all deliveries of this conversation' },
      { flags: '--edit', says: 'edit the body first, in VISUAL or EDITOR; it is signed again' },
    ],
    examples: [
      ['dev-hook replay --last', 'the newest one again'],
      ['dev-hook replay mb3k2x mb3k9f', 'these two, in this order; the beginning or the end of an id is enough'],
      ['dev-hook replay --last --edit', 'with another body'],
      ['dev-hook replay --failed', 'exit code 0 when the bot has accepted them all'],
    ],
    load: async () => (await import('./commands/replay.ts')).replay,
  },
  {
    name: 'verify',
    aliases: [],
    description: 'Check the signature of a delivery offline, with SECRET, and say why it does not match.',
    usage: '--body <file|-> --header <value> [options]',
    takesCommand: false,
    options: COMMON,
    own: [
      { flags: '--body <file|->', says: 'the body, byte for byte as it was received; - reads standard input' },
      { flags: '--header <value>', says: `the value of ${SIGNATURE_HEADERS}` },
    ],
    examples: [
      [
        `dev-hook verify --body event.json --header ${SIGNATURE_EXAMPLE}`,
        'exit code 0 when it is right, 1 when it is not',
      ],
      [`… | dev-hook verify --body - --header ${SIGNATURE_EXAMPLE}`, 'the body from another program'],
      ['SECRET=… dev-hook verify --body event.json …', 'with a secret other than the one in .env'],
    ],
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  {
    name: 'completion',
    aliases: [],
    description: 'Print the completion script for a shell.',
    usage: '<bash|zsh|fish>',
    takesCommand: false,
    options: COMMON,
    words: ['[bash|zsh|fish]'],
    own: [{ flags: '--list <ids|profiles>', says: 'print these, one a line, as the scripts do to complete them' }],
    examples: [
      ['eval "$(dev-hook completion bash)"', 'in ~/.bashrc'],
      ['source <(dev-hook completion zsh)', 'in ~/.zshrc, after compinit'],
      ['dev-hook completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    load: async () => (await import('./commands/completion.ts')).completionOf(COMMANDS),
  },
]
