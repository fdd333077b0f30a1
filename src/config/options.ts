// The one table of options: from it come the flags, environment names, help, types, JSON Schema and README table.
import {
  choice,
  credentials,
  duration,
  filters,
  path,
  pathsOrOff,
  patterns,
  port,
  query,
  safeUrl,
  secret,
  switched,
  switchedEitherWay,
  text,
} from './kinds.ts'
import { type GivenOf, type Option, option } from './option.ts'

/** Every option there is, by its key. */
const OPTIONS = {
  port: option({ kind: port, group: 'Bot', short: 'p', env: ['PORT'], fallback: 3000, says: "the bot's port" }),
  path: option({ kind: path, group: 'Bot', env: ['WEBHOOK_PATH'], fallback: '/', says: "the bot's webhook path" }),
  forwardTo: option({
    kind: text('target'),
    group: 'Bot',
    short: 'f',
    says: 'where the bot is: `3000`, `:3000/hook`, `host:port` or a URL, instead of port and path',
  }),
  botAuth: option({
    kind: credentials,
    flag: false,
    group: 'Bot',
    says: 'the basic authentication that the bot expects of the platform: `user:password`',
    otherwise: 'that of the URL that was registered before',
  }),
  botQuery: option({
    kind: query,
    group: 'Bot',
    says: 'the query that the bot expects of the platform: `key=abc`',
    otherwise: 'that of the URL that was registered before',
  }),
  watch: option({
    kind: pathsOrOff,
    group: 'Bot',
    says: 'files and folders that restart the bot given after `--` when they change',
    saysNo: 'never restart the bot after a change',
    otherwise: 'the current folder',
  }),
  poll: option({
    kind: switched,
    group: 'Bot',
    env: ['CHOKIDAR_USEPOLLING'],
    fallback: false,
    says: 'notice saves by polling, where the system reports none, as on some mounted folders',
  }),
  bot: option({
    kind: text('id'),
    group: 'Webhook',
    env: ['BOT_ID', 'BOTID'],
    says: 'the bot id',
    otherwise: 'the `_id` of the token',
  }),
  hook: option({
    kind: choice(['bot', 'service', 'manual']),
    group: 'Webhook',
    fallback: 'bot',
    says: "which webhook to claim: the bot's own (`bot`), a general one (`service`), or none (`manual`: print the URL and wait for the challenge)",
  }),
  webhookPlace: option({
    kind: text('keys'),
    group: 'Webhook',
    says: "where the bot's record keeps its webhook, as dotted keys, if it is not found automatically",
  }),
  events: option({
    kind: patterns,
    group: 'Webhook',
    short: 'e',
    says: 'event patterns to subscribe to',
    otherwise: 'what is registered; if nothing is, `message.create.*`',
  }),
  only: option({
    kind: filters,
    group: 'Webhook',
    says: 'take only what matches, and pass everything else on to where the webhook pointed before: `conversation:<id>`, `contact:<id, name, e-mail or telephone>`, `event:<pattern>`, `text:<words>`, commas between several',
    otherwise: 'take everything',
  }),
  takeOver: option({
    kind: switched,
    group: 'Webhook',
    fallback: false,
    says: "replace somebody else's registration without asking",
  }),
  restore: option({
    kind: switched,
    group: 'Webhook',
    fallback: true,
    says: 'put the registration back at the end',
    saysNo: 'leave the registration in place at the end',
  }),
  apiHost: option({
    kind: safeUrl,
    group: 'Webhook',
    env: ['APIHOST'],
    fallback: 'https://api.web1on1.chat',
    says: "the platform's API",
  }),
  token: option({ kind: secret, flag: false, group: 'Webhook', env: ['TOKEN'], says: 'the access token' }),
  refreshToken: option({
    kind: secret,
    flag: false,
    group: 'Webhook',
    env: ['REFRESH_TOKEN'],
    says: 'the refresh token',
  }),
  email: option({
    kind: text('email'),
    flag: false,
    group: 'Webhook',
    env: ['EMAIL'],
    says: "the bot's e-mail, for the refresh token",
    otherwise: '`bot+<id>@web1on1.chat`',
  }),
  secret: option({
    kind: secret,
    flag: false,
    group: 'Webhook',
    env: ['SECRET'],
    says: 'the secret the bot checks signatures with',
    otherwise: 'the registered secret',
  }),
  tunnel: option({
    kind: choice(['ngrok', 'loopback']),
    group: 'Tunnel',
    fallback: 'ngrok',
    asksForTunnel: true,
    says: 'how the public URL reaches this machine',
  }),
  ngrokAuthtoken: option({
    kind: secret,
    flag: false,
    group: 'Tunnel',
    env: ['NGROK_AUTHTOKEN'],
    asksForTunnel: true,
    lookUp: {
      tunnel: 'ngrok',
      find: async (...where) => (await import('./ngrok/ngrok-agent.ts')).findAgentAuthtoken(...where),
    },
    says: 'the ngrok authtoken',
    otherwise: "the ngrok agent's own config file",
  }),
  domain: option({
    kind: text('name'),
    group: 'Tunnel',
    env: ['NGROK_DOMAIN'],
    asksForTunnel: true,
    says: 'the ngrok domain',
    otherwise: "the account's own",
  }),
  ngrokServerAddr: option({ kind: text('host:port'), group: 'Tunnel', says: 'a custom ngrok agent ingress' }),
  ngrokCa: option({ kind: text('file'), group: 'Tunnel', says: 'the PEM file of the CA of that ingress' }),
  relay: option({
    kind: text('url'),
    group: 'Tunnel',
    says: "take deliveries from a team's relay in place of a tunnel: the address of its broker, `nats://host:4222`",
  }),
  natsCreds: option({ kind: text('file'), group: 'Tunnel', says: 'the credentials file for the broker of a relay' }),
  url: option({
    kind: safeUrl,
    group: 'Tunnel',
    says: 'a public URL that already reaches this machine, instead of a tunnel',
    otherwise: 'without an ngrok authtoken: what GitHub Codespaces or Gitpod forwards',
  }),
  gatewayPort: option({
    kind: port,
    group: 'Tunnel',
    says: "the gateway's port",
    otherwise: 'any free one; 4748 where Codespaces or Gitpod forwards it',
  }),
  probe: option({
    kind: duration,
    group: 'Tunnel',
    fallback: 120_000,
    says: 'how often an idle tunnel is checked through its public URL',
  }),
  hold: option({
    kind: duration,
    group: 'Delivery',
    fallback: 15_000,
    says: 'longest wait for a bot that is not ready',
  }),
  late: option({
    kind: choice(['ack', 'retry']),
    group: 'Delivery',
    fallback: 'ack',
    says: 'after the hold: `ack` records the delivery, answers 200 and delivers it later; `retry` answers 503',
  }),
  onBotError: option({
    kind: choice(['ack', 'pass']),
    group: 'Delivery',
    fallback: 'ack',
    says: "what becomes of the bot's own non-2xx answer: `ack` shows it and answers 200, `pass` passes it on",
  }),
  signature: option({
    kind: choice(['enforce', 'warn', 'off']),
    group: 'Delivery',
    fallback: 'enforce',
    says: 'what happens to a delivery whose signature is wrong or missing',
  }),
  inspectorPort: option({
    kind: port,
    group: 'Inspector',
    says: 'the port of the page and the API of a run, on this machine',
    otherwise: '4747, or the next free one',
  }),
  inspector: option({
    kind: switched,
    group: 'Inspector',
    fallback: true,
    says: 'a page and an API for a run',
    saysNo: 'no page and no API, by which other dev-hook commands reach the run',
  }),
  json: option({
    kind: switchedEitherWay,
    group: 'Output',
    fallback: false,
    says: 'one JSON notice per line on stdout',
    saysNo: 'text for people, in a build server too',
    otherwise:
      'off; on when stdout is not a terminal and `CI` is set to anything but `false` or `0`, unless `sandbox --say` writes the answer there',
  }),
  quiet: option({ kind: switched, group: 'Output', fallback: false, says: 'only problems and the last line' }),
  verbose: option({
    kind: switched,
    group: 'Output',
    fallback: false,
    says: 'everything that goes to the log file, and stack traces',
  }),
  color: option({
    kind: switched,
    group: 'Output',
    says: 'colours',
    saysNo: 'no colours',
    otherwise: 'on a terminal; NO_COLOR and FORCE_COLOR are obeyed',
  }),
  yes: option({ kind: switched, group: 'Start', fallback: false, says: 'never ask' }),
  config: option({
    kind: text('file'),
    group: 'Start',
    file: false,
    says: 'the config file',
    otherwise: '`dev-hook.config.{ts,mts,cts,js,mjs,cjs,json}`, or `"dev-hook"` in package.json',
  }),
  profile: option({
    kind: text('name'),
    group: 'Start',
    file: false,
    says: 'one of the bots in the config file; its variables are read from `.env.<name>` before `.env`',
  }),
  cwd: option({
    kind: text('folder'),
    group: 'Start',
    file: false,
    says: 'the folder to run in',
    otherwise: 'the current folder',
  }),
} as const

export type OptionKey = keyof typeof OPTIONS

type Table = typeof OPTIONS

/** The value of each option once it is read: `port` is a `number`, `watch` is `readonly string[] | false`. */
type Read = { readonly [K in OptionKey]: Table[K] extends Option<infer T, infer _Shown, infer _Fallback> ? T : never }

/** What each option is where nothing is given: `port` is a `number`, which has a default; `bot` is `null`, which has none. */
type Fallbacks = {
  readonly [K in OptionKey]: Table[K] extends Option<infer _T, infer _Shown, infer Fallback> ? Fallback : never
}

/** The value of every option: what was given, else its default, else `null`. */
export type OptionValues = { readonly [K in OptionKey]: Read[K] | Fallbacks[K] }

/** What people give: any part of it. */
export type Options = { readonly [K in OptionKey]?: GivenOf<Table[K]> }

/** The table with the types of each row tied to its key, for code that works on any of them. */
export const OPTION_TABLE: { readonly [K in OptionKey]: Option<Read[K], string, Fallbacks[K]> } = OPTIONS

/** Values that are read one after the other. */
export type OptionDraft = { [K in OptionKey]?: Read[K] | Fallbacks[K] }

/** Whether there is an option of this name. */
export const isOptionKey = (name: string): name is OptionKey => Object.hasOwn(OPTIONS, name)

/** The keys in the order of the table. */
export const OPTION_KEYS: readonly OptionKey[] = Object.keys(OPTIONS).filter(isOptionKey)

/** The row of a key, whatever the type of its value. */
export const optionOf = (key: OptionKey): Option<unknown> => OPTION_TABLE[key]
