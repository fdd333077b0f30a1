// The table of commands: name, flags, help, and which file does the work.
import { OPTION_KEYS, type OptionKey, optionOf } from '../../config/options.ts'
import { SIGNATURE_EXAMPLE, SIGNATURE_HEADERS } from '../../protocol/signature-schemes.ts'
import type { CommandSpec } from './command.ts'
import { COMMON, DELIVERY_COMMANDS, recordKeys, SANDBOX_FLAGS } from './delivery-commands.ts'
import { RELAY_COMMAND } from './relay-command.ts'

const platformKeys: readonly OptionKey[] = ['bot', 'hook', 'webhookPlace', 'apiHost', ...COMMON]

const UNUSED_BY_DOCTOR: ReadonlySet<OptionKey> = new Set(['watch', 'restore', 'probe', 'inspector', 'inspectorPort'])

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
    load: async () => (await import('../commands/dev.ts')).dev,
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
        mayBeEmpty: true,
        says: 'send this as a contact, print the answer on stdout and exit; may be given several times (without it, you talk at a prompt, where `/help` lists what you can do)',
        repeats: true,
      },
      {
        flags: '--play <file|folder>',
        says: 'say again what people said in a recorded conversation (a transcript, a fixture, a file of `events export --as html`, or a folder of them), compare what the bot does, and exit with 1 if that differs',
      },
      {
        flags: '--timeout <time>',
        says: 'how long to wait for each answer (default: 20s; with --play 5s, after the first)',
      },
      {
        flags: '--arrival <how>',
        says: 'how the bot enters a conversation: assigned with /assign, joined from the start, or absent (default: assigned)',
      },
      {
        flags: '--scope <scope>',
        says: "what the bot's token may do: guest, agent, bot or admin (default: what its own token says, else bot)",
      },
      { flags: '--api-port <port>', says: 'the port of the emulated API (default: any free one)' },
      {
        flags: '--chaos <words>',
        says: 'what goes wrong by chance: delay, drop, duplicate, reorder (deliveries), error, slow, expire (calls of the API); each with a probability from 0 to 1 or a time, as in duplicate=0.1,delay=200ms',
      },
      {
        flags: '--seed <number>',
        says: 'make the same things go wrong as in the run that printed it (default: a new one)',
      },
    ],
    examples: [
      ['dev-hook sandbox -- node bot.js', 'talk to the bot at a prompt'],
      ['dev-hook sandbox --say hi -- node bot.js', 'one message, its answer on stdout, then exit'],
      ['dev-hook sandbox --say hi --say bye -- node bot.js', 'two, each after the answer to the one before'],
      ['echo hi | dev-hook sandbox -- node bot.js', 'the same from a script'],
      ['dev-hook sandbox --play talks -- node bot.js', 'every recorded conversation of a folder again'],
      [
        'dev-hook sandbox --chaos duplicate=0.3,drop=0.1 -- node bot.js',
        'some deliveries come twice, some only at the second try',
      ],
    ],
    load: async () => (await import('../commands/sandbox.ts')).sandbox,
  },
  {
    name: 'say',
    aliases: [],
    description: 'Say something in a sandbox that is running, and print what the bot answers.',
    usage: '<text>|--press <button> [options]',
    takesCommand: false,
    words: ['[text]'],
    options: COMMON,
    own: [
      {
        flags: '--as <name>',
        says: 'speak as this contact or agent, by name or the beginning of it (default: the first contact)',
      },
      { flags: '--press <button>', says: 'press this button instead of saying something, by its text or its payload' },
      { flags: '--conversation <id>', says: 'in this conversation (default: the latest of whoever speaks)' },
      { flags: '--timeout <time>', says: 'how long to wait for the answer (default: 20s)' },
      {
        flags: '--sandbox [pid]',
        says: 'in the sandbox of this process (default: the one that was started in this folder, else the only one)',
      },
    ],
    examples: [
      ['dev-hook say "hi there"', 'prints what the contact sees until the bot has answered and is quiet'],
      ['dev-hook say --press FAQ', 'a button that was offered'],
      ['dev-hook say "I take over" --as alex', 'as an agent'],
      ['dev-hook say hi --json', 'one message a line'],
    ],
    load: async () => (await import('../commands/say.ts')).say,
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
    load: async () => (await import('../commands/init.ts')).init,
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
    load: async () => (await import('../commands/doctor.ts')).doctor,
  },
  {
    name: 'status',
    aliases: [],
    description:
      'Show which webhook is registered, whose it is, whether it answers, and what a crashed run left behind.',
    usage: '[options]',
    takesCommand: false,
    options: [...platformKeys, 'relay', 'natsCreds'],
    own: [
      { flags: '--ask', says: 'also send a challenge to a webhook that is not dev-hook’s' },
      { flags: '--consents', says: 'list the remembered consents to take the webhook of somebody else' },
      { flags: '--forget', says: 'forget them: the next run asks again (with `--bot`, only that of one bot)' },
      ...SANDBOX_FLAGS,
    ],
    examples: [
      ['dev-hook status', 'read only: nothing is changed'],
      ['dev-hook status --json', 'for scripts; exit code 1 if something was left behind'],
      ['dev-hook status --consents', 'which production webhooks a run takes without asking'],
    ],
    load: async () => (await import('../commands/status.ts')).status,
  },
  {
    name: 'restore',
    aliases: [],
    description: 'Put back the webhook that a crashed run left behind.',
    usage: '[options]',
    takesCommand: false,
    options: platformKeys,
    examples: [['dev-hook restore', 'exit code 0 when the webhook is as it was, or nothing was left']],
    load: async () => (await import('../commands/restore.ts')).restore,
  },
  ...DELIVERY_COMMANDS,
  RELAY_COMMAND,
  {
    name: 'bisect',
    aliases: [],
    description:
      'Find the commit at which the bot began to answer a recorded conversation differently: plays it at commits of the main line, in a scratch folder.',
    usage: '<transcript|fixture|conversation> [--good <rev>] [--bad <rev>] [options] -- command…',
    takesCommand: true,
    words: ['[transcript|fixture|conversation]'],
    options: ['bot', 'apiHost', 'port', 'path', ...COMMON],
    own: [
      {
        flags: '--good <rev>',
        says: 'a commit at which it does what was recorded (default: found by going back 1, 2, 4 … commits)',
      },
      { flags: '--bad <rev>', says: 'a commit at which it does not (default: HEAD)' },
      { flags: '--timeout <time>', says: 'how long to wait for each answer (default: 5s, after the first)' },
      { flags: '--arrival <how>', says: 'how the bot enters a conversation, as for `sandbox`' },
    ],
    examples: [
      ['dev-hook bisect talk.txt -- node bot.js', 'since when does the bot no longer answer as written down?'],
      ['dev-hook bisect talk.txt --good v1.2.0 -- npm start', 'from a version that was right'],
      ['dev-hook bisect 5c1a9 -- node bot.js', 'a conversation that was recorded, by the beginning of its id'],
    ],
    load: async () => (await import('../commands/bisect.ts')).bisect,
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
    load: async () => (await import('../commands/verify.ts')).verify,
  },
  {
    name: 'mcp',
    aliases: [],
    description:
      'Offer the running dev-hook to a coding agent, as a server of the Model Context Protocol on standard input and output.',
    usage: '[options]',
    takesCommand: false,
    isProtocol: true,
    options: recordKeys,
    own: [
      {
        flags: '--allow-write',
        says: 'also offer tools that change something: say, press, replay, trigger and others; without it, only those that read',
      },
      ...SANDBOX_FLAGS,
    ],
    examples: [
      ['dev-hook mcp', 'read-only tools; a client starts this, not a person'],
      ['dev-hook mcp --allow-write', 'the agent may talk to the bot too'],
      ['dev-hook mcp --cwd bots/echo', 'for the bot in a folder other than that of the client'],
      ['dev-hook mcp --sandbox --allow-write', 'only ever a sandbox, never a run against the platform'],
    ],
    load: async () => (await import('../commands/mcp.ts')).mcp,
  },
  {
    name: 'completion',
    aliases: [],
    description: 'Print the completion script for a shell.',
    usage: '<bash|zsh|fish>',
    takesCommand: false,
    options: COMMON,
    words: ['[bash|zsh|fish]'],
    own: [{ flags: '--list <ids|profiles|events>', says: 'print these, one a line, as the completion scripts do' }],
    examples: [
      ['eval "$(dev-hook completion bash)"', 'in ~/.bashrc'],
      ['source <(dev-hook completion zsh)', 'in ~/.zshrc, after compinit'],
      ['dev-hook completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    load: async () => (await import('../commands/completion.ts')).completionOf(COMMANDS),
  },
]
