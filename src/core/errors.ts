// Every error and warning that dev-hook can announce: stable codes, their category, and what to do about each.

/** `user`: they can fix it. `environment`: their machine or network. `remote`: the platform or the tunnel provider. `bug`: ours. */
export type Category = 'user' | 'environment' | 'remote' | 'bug'

/** What a failure means for the run as a whole; the front door turns it into an exit code. */
export type Failure = 'failed' | 'usage' | 'credentials' | 'tunnel' | 'platform' | 'not-restored' | 'taken'

interface ErrorEntry {
  /** Stable, never reused. */
  readonly code: `DEVHOOK_${string}`
  readonly category: Category
  readonly failure: Failure
  /** What it means, for the README. */
  readonly means: string
  /** What to do, unless the place that throws knows better. */
  readonly remedy: string
}

const entry = (
  code: ErrorEntry['code'],
  category: Category,
  failure: Failure,
  means: string,
  remedy: string,
): ErrorEntry => ({ code, category, failure, means, remedy })

/** The code table: the only place where a code is spelled. Keyed by the name that code uses. */
// biome-ignore format: one row a line reads best.
export const ERRORS = {
  usage: entry('DEVHOOK_USAGE', 'user', 'usage', 'an option, value or command is unknown or invalid', 'see `dev-hook --help`'),
  tokenMissing: entry('DEVHOOK_TOKEN_MISSING', 'user', 'usage', 'no access token was found', "copy the bot's token from its details in the Web1on1 admin pages into TOKEN in `.env`"),
  tokenMalformed: entry('DEVHOOK_TOKEN_MALFORMED', 'user', 'usage', 'TOKEN is not a JSON Web Token', "copy the whole token from the bot's details in the Web1on1 admin pages into TOKEN in `.env`"),
  tokenKind: entry('DEVHOOK_TOKEN_KIND', 'user', 'usage', 'TOKEN holds a refresh token', 'put the access token into TOKEN and the refresh token into REFRESH_TOKEN'),
  botUnknown: entry('DEVHOOK_BOT_UNKNOWN', 'user', 'usage', 'no bot id was given, and the token does not name one', 'give the bot id with `--bot` or BOT_ID'),
  commandNotFound: entry('DEVHOOK_COMMAND_NOT_FOUND', 'user', 'usage', 'the command after `--` cannot be started', 'check its spelling, and that it runs by itself in this folder'),
  credentialsRefused: entry('DEVHOOK_CREDENTIALS_REFUSED', 'user', 'credentials', 'the platform refused the token, and it could not be refreshed', "copy a fresh token, and its refresh token, from the bot's details in the Web1on1 admin pages into `.env`"),
  permissionDenied: entry('DEVHOOK_PERMISSION_DENIED', 'user', 'platform', 'the token lacks a permission', 'use a token with the scope named in the message'),
  ngrokTokenMissing: entry('DEVHOOK_NGROK_TOKEN_MISSING', 'user', 'usage', 'no ngrok authtoken was found', 'put it into NGROK_AUTHTOKEN in `.env` (https://dashboard.ngrok.com/get-started/your-authtoken), or try `dev-hook sandbox`, which needs none'),
  ngrokTokenRefused: entry('DEVHOOK_NGROK_TOKEN_REFUSED', 'user', 'credentials', 'ngrok refused the authtoken', 'copy it again from https://dashboard.ngrok.com/get-started/your-authtoken into NGROK_AUTHTOKEN'),
  tunnelFailed: entry('DEVHOOK_TUNNEL_FAILED', 'environment', 'tunnel', 'the tunnel could not be opened', 'check the network, then start again'),
  tunnelUnreachable: entry('DEVHOOK_TUNNEL_UNREACHABLE', 'environment', 'tunnel', 'the public URL does not reach this machine', 'check that the URL forwards to the gateway port, then start again'),
  apiUnreachable: entry('DEVHOOK_API_UNREACHABLE', 'environment', 'platform', 'the platform API cannot be reached', 'check the network and `--api-host`'),
  apiRefused: entry('DEVHOOK_API_REFUSED', 'remote', 'platform', 'the platform API refused a call', 'check the bot id and the scope of the token'),
  apiFailed: entry('DEVHOOK_API_FAILED', 'remote', 'platform', 'the platform API failed, or is too busy', 'try again in a minute'),
  apiNotJson: entry('DEVHOOK_API_NOT_JSON', 'remote', 'platform', 'the answer does not come from the API: it is not JSON, or not what was asked for', "check `--api-host`, and whether a proxy answers in the API's place"),
  webhookUnknown: entry('DEVHOOK_WEBHOOK_UNKNOWN', 'remote', 'platform', "the bot's record shows no webhook in a known place", 'paste the printed URL into the admin page: Settings, your organization, Bots, the bot, tab Webhook'),
  webhookAmbiguous: entry('DEVHOOK_WEBHOOK_AMBIGUOUS', 'remote', 'platform', 'the bot has several webhooks and it is unclear which one to use', 'paste the printed URL into the admin page: Settings, your organization, Bots, the bot, tab Webhook'),
  claimDidNotStick: entry('DEVHOOK_CLAIM_DID_NOT_STICK', 'remote', 'platform', 'the platform accepted the claim but shows another URL', 'use `--hook manual`, and report the shape of the bot record'),
  notVerified: entry('DEVHOOK_NOT_VERIFIED', 'remote', 'platform', 'the platform did not verify the webhook', 'open the public URL from outside this network, then start again'),
  taken: entry('DEVHOOK_TAKEN', 'user', 'taken', 'the webhook belongs to somebody else', 'use `--take-over` to replace it until you quit'),
  superseded: entry('DEVHOOK_SUPERSEDED', 'remote', 'taken', 'somebody else changed the webhook during the run', 'start again with `--take-over` to claim it back'),
  checkFailed: entry('DEVHOOK_VIGIL_FAILED', 'remote', 'failed', 'the webhook could not be checked during the run', 'no action needed: dev-hook tries again'),
  handedOver: entry('DEVHOOK_HANDED_OVER', 'user', 'failed', 'another dev-hook asked for the bot and has it now', 'start again with `--take-over` to get it back'),
  handOverRefused: entry('DEVHOOK_HAND_OVER_REFUSED', 'remote', 'failed', 'another dev-hook asked for the bot, and was refused', 'if it is yours, update it, or end this dev-hook; if it is nobody you know, start again: the URL changes with each run'),
  notRestored: entry('DEVHOOK_NOT_RESTORED', 'remote', 'not-restored', 'the webhook could not be put back', 'run `dev-hook restore`'),
  restoreGoesOn: entry('DEVHOOK_RESTORE_GOES_ON', 'remote', 'failed', 'the webhook could not be put back yet; the watchdog keeps trying for a minute', 'see `dev-hook status` to find out whether it was put back'),
  watchdogFailed: entry('DEVHOOK_WATCHDOG_FAILED', 'environment', 'failed', 'the watchdog, which puts the webhook back after a crash, has ended and cannot be started again', 'end dev-hook in order; after a crash, run `dev-hook restore`'),
  restoredUnverified: entry('DEVHOOK_RESTORED_UNVERIFIED', 'remote', 'failed', 'the webhook was put back, but the old URL did not verify', 'start what serves the old URL, then click Verify in the admin page'),
  restoredInPart: entry('DEVHOOK_RESTORED_IN_PART', 'remote', 'failed', 'the webhook was put back, but not all of it is as it was', 'compare the webhook in the admin page with what its receiver expects'),
  secretHidden: entry('DEVHOOK_SECRET_HIDDEN', 'remote', 'failed', "the platform hides the webhook's secret, so it cannot be put back if the claim replaces it", 'when the run has ended, compare the secret in the admin page with the one that the receiver checks with'),
  snapshotDamaged: entry('DEVHOOK_SNAPSHOT_DAMAGED', 'environment', 'failed', 'the record of what an earlier run replaced cannot be read; it was set aside', 'look at the webhook in the admin page, and put it right if it is not what it should be'),
  leftoverAdopted: entry('DEVHOOK_LEFTOVER_ADOPTED', 'environment', 'failed', 'an earlier run ended without restoring; its snapshot is used', 'no action needed: the webhook is put back when this run ends'),
  takenOverDead: entry('DEVHOOK_TAKEN_OVER_DEAD', 'remote', 'failed', 'the webhook pointed to another dev-hook that no longer answers; it was replaced', 'no action needed: its URL is put back when this run ends'),
  neighbourGone: entry('DEVHOOK_NEIGHBOUR_GONE', 'remote', 'failed', 'a dev-hook to which deliveries were passed on no longer answers', 'no action needed: what was before it takes its place'),
  passLoop: entry('DEVHOOK_PASS_LOOP', 'remote', 'failed', 'dev-hooks pass deliveries on to one another in a circle', 'end one of them, and look in the admin page where the webhook points'),
  botNotListening: entry('DEVHOOK_BOT_NOT_LISTENING', 'user', 'failed', "nothing listens on the bot's port yet; deliveries are held", "start the bot on that port (dev-hook gives PORT to a bot that it starts), or name the bot's port with `--port`"),
  botOverdue: entry('DEVHOOK_BOT_OVERDUE', 'user', 'failed', 'the bot leaves many deliveries unanswered', 'make the bot answer each delivery; chipchat does so once its handlers have returned'),
  botUnrouted: entry('DEVHOOK_BOT_UNROUTED', 'user', 'failed', 'the bot answers 404 or 405: it has no webhook under the path that dev-hook forwards to', 'name the path of its webhook with `--path`'),
  botPortTaken: entry('DEVHOOK_BOT_PORT_TAKEN', 'user', 'failed', "another program listens on the bot's port", 'end that program, or give the bot another port with `--port`'),
  watchLimited: entry('DEVHOOK_WATCH_LIMITED', 'environment', 'failed', 'the system cannot watch that many files; saves are noticed by polling', 'watch less with `--watch`, or raise the limit (Linux: `sysctl fs.inotify.max_user_watches=524288`)'),
  watchFailed: entry('DEVHOOK_WATCH_FAILED', 'environment', 'failed', 'a file or folder cannot be watched', 'name what to watch with `--watch`, or restart the bot by hand after a save'),
  linkNotWatched: entry('DEVHOOK_LINK_NOT_WATCHED', 'environment', 'failed', 'a link leads out of the watched folders, and is not followed', 'name the link itself with `--watch`, beside `.`'),
  botCrashed: entry('DEVHOOK_BOT_CRASHED', 'user', 'failed', 'the bot ended before it had answered a contact in the sandbox', "look at the bot's own output, and whether its command runs by itself"),
  botNotReady: entry('DEVHOOK_BOT_NOT_READY', 'user', 'failed', 'the bot that a test started did not listen in time', 'make it listen on the PORT of its environment, or give it more time with `readyWithin`'),
  noReply: entry('DEVHOOK_NO_REPLY', 'user', 'failed', 'the bot did not answer a contact in the sandbox', "look at the bot's own output, and whether it answers this kind of message"),
  unexpectedReply: entry('DEVHOOK_UNEXPECTED_REPLY', 'user', 'failed', 'the bot said something in the sandbox where it was to be silent', 'look at what it answered, at the end of the message'),
  noButton: entry('DEVHOOK_NO_BUTTON', 'user', 'failed', 'what was to be pressed or filled in was not offered', 'choose one of those that the message lists; a button goes by its text or its payload'),
  notSettled: entry('DEVHOOK_UNTIL', 'user', 'failed', 'what was waited for in the sandbox did not happen in time', 'wait longer, or look at the end of the message for what happened instead'),
  sandboxClosed: entry('DEVHOOK_SANDBOX_CLOSED', 'user', 'failed', 'the sandbox was closed', 'use a sandbox before it is closed, and await what is under way'),
  variableUnusable: entry('DEVHOOK_VARIABLE_UNUSABLE', 'user', 'failed', 'a variable for the bot holds a NUL character, which no environment can hold; the bot is started without it', 'give it another value; for SECRET, a new one in the admin page: Settings, your organization, Bots, the bot, tab Webhook'),
  unseen: entry('DEVHOOK_UNSEEN_BY_CONTACT', 'user', 'failed', 'the bot wrote something in the sandbox that the contact does not see', "send what the contact is to read with `role: 'agent'`"),
  answeredLate: entry('DEVHOOK_ANSWERED_LATE', 'user', 'failed', 'the bot took longer to answer a delivery than the platform waits, which delivers it again then', 'answer within 20 s: do what takes longer after the answer'),
  bodyNearLimit: entry('DEVHOOK_BODY_NEAR_LIMIT', 'user', 'failed', "a delivery comes close to the 100 kB that chipchat's server takes, and refuses what is longer", 'keep `meta` small, or take deliveries with a server of your own and `bot.ingest`'),
  buttonMute: entry('DEVHOOK_BUTTON_MUTE', 'user', 'failed', 'the bot offered a button without a payload, so that no handler can tell its click', 'give each action of type `reply` or `postback` a `payload`'),
  answeredTwice: entry('DEVHOOK_ANSWERED_TWICE', 'user', 'failed', 'the bot gave the same answer twice to an event that was delivered twice', 'remember the `id` of the payload, and leave out what comes again'),
  answersItself: entry('DEVHOOK_ANSWERS_ITSELF', 'user', 'failed', 'the bot answers its own messages in the sandbox, round after round', 'leave out messages whose `user` is the bot, as chipchat does unless `ignoreSelf` is false'),
  botCallFailed: entry('DEVHOOK_BOT_CALL_FAILED', 'user', 'failed', "the sandbox's API refused a call of the bot", 'handle it in the bot: the platform would refuse it too (`--scope` says what the token of the bot may do)'),
  notInSandbox: entry('DEVHOOK_NOT_IN_SANDBOX', 'user', 'failed', 'the bot asked for something that the sandbox does not have', 'try it against the platform'),
  sandboxFull: entry('DEVHOOK_SANDBOX_FULL', 'environment', 'failed', 'the sandbox keeps 10,000 documents of a kind, and forgets the oldest', 'no action needed, unless the bot asks for old ones: then start the sandbox anew'),
  secretUnknown: entry('DEVHOOK_SECRET_UNKNOWN', 'user', 'failed', 'no secret is known, so signatures are not checked', "put the webhook's secret into SECRET in `.env`"),
  secretStale: entry('DEVHOOK_SECRET_STALE', 'user', 'failed', 'deliveries are signed with a secret other than ours', "copy the webhook's secret from the admin page into SECRET in `.env`"),
  signatureIgnored: entry('DEVHOOK_SIGNATURE_IGNORED', 'user', 'failed', 'a wrongly signed delivery was passed on, as asked', 'drop `--signature warn` to refuse such deliveries'),
  savesLoop: entry('DEVHOOK_SAVES_LOOP', 'user', 'failed', 'a file that the bot itself seems to write kept restarting it', 'put the file into `.gitignore`, or name what to watch with `--watch`'),
  restartNeeded: entry('DEVHOOK_RESTART_NEEDED', 'user', 'failed', 'a changed option takes effect only after a restart', 'restart dev-hook'),
  configWrong: entry('DEVHOOK_CONFIG_WRONG', 'user', 'failed', 'the config was changed to something invalid', 'correct it; until then the old config stays in use'),
  undelivered: entry('DEVHOOK_UNDELIVERED', 'environment', 'failed', 'an earlier run acknowledged deliveries that never reached the bot, too long ago to deliver them now', 'deliver them with `dev-hook replay --failed`'),
  deliveryUnknown: entry('DEVHOOK_DELIVERY_UNKNOWN', 'user', 'failed', 'no such delivery is recorded', 'see `dev-hook events` for those that are recorded'),
  replayRefused: entry('DEVHOOK_REPLAY_REFUSED', 'user', 'failed', 'a delivery cannot be replayed, or not yet', 'see `dev-hook events show` for what became of it'),
  editFailed: entry('DEVHOOK_EDIT_FAILED', 'user', 'failed', 'the body was not edited, so nothing was sent', 'set VISUAL or EDITOR to an editor that waits until its window is closed (`code --wait`)'),
  fixtureInvalid: entry('DEVHOOK_FIXTURE_INVALID', 'user', 'usage', 'a transcript or fixture cannot be read', 'correct it at the line and column in the message'),
  playedOtherwise: entry('DEVHOOK_PLAYED_OTHERWISE', 'user', 'failed', 'the bot does something other than what was recorded', 'look at the differences: mend the bot, or record the conversation again where it is meant to be so'),
  bisectFailed: entry('DEVHOOK_BISECT_FAILED', 'environment', 'failed', 'a commit cannot be laid out for a bisection', 'look at what git says, and whether the folder of temporary files has room'),
  runUnreachable: entry('DEVHOOK_RUN_UNREACHABLE', 'environment', 'failed', 'the dev-hook running for this bot does not answer', 'wait until it is ready, or end it; one that was started with `--no-inspector` cannot be asked'),
  notAllowed: entry('DEVHOOK_NOT_ALLOWED', 'user', 'failed', 'a coding agent asked `dev-hook mcp` for something that changes something', 'start it as `dev-hook mcp --allow-write`, if the agent may do that'),
  inspectorFailed: entry('DEVHOOK_INSPECTOR_FAILED', 'environment', 'failed', 'the inspector could not be opened, so other dev-hook commands cannot reach this run', 'no action needed, unless you want to replay: then restart dev-hook'),
  inspectorMoved: entry('DEVHOOK_INSPECTOR_MOVED', 'user', 'failed', 'the port for the inspector is taken, so it is on another one', 'end the program that has it, or choose another one with `--inspector-port`'),
  releaseFailed: entry('DEVHOOK_RELEASE_FAILED', 'environment', 'failed', 'something did not end in order', 'no action needed, unless it happens again'),
  stateUnwritable: entry('DEVHOOK_STATE_UNWRITABLE', 'environment', 'failed', 'the state folder cannot be written', 'free disk space, make the folder yours again where a run as root has made it, or point XDG_STATE_HOME to a folder that can be written'),
  stateUnreadable: entry('DEVHOOK_STATE_UNREADABLE', 'environment', 'failed', 'the state folder cannot be read', 'make the folder yours again where a run as root has made it, or point XDG_STATE_HOME to another one'),
  stateRecovered: entry('DEVHOOK_STATE_RECOVERED', 'environment', 'failed', 'the state folder can be written again', 'no action needed'),
  stateHomeIgnored: entry('DEVHOOK_STATE_HOME_IGNORED', 'user', 'failed', 'XDG_STATE_HOME is not an absolute path, so it is ignored', 'give XDG_STATE_HOME an absolute path, with `~` and variables expanded'),
  dotEnvOdd: entry('DEVHOOK_DOT_ENV_ODD', 'user', 'usage', 'part of `.env`, or a variable for dev-hook, is not read, or not as it looks', 'write NAME=value on a line of its own, with a name that somebody reads, `#` before a comment, and save the file as UTF-8'),
  configIgnored: entry('DEVHOOK_CONFIG_IGNORED', 'user', 'usage', 'a file that looks like a config file is not read', 'call it dev-hook.config.json, .js or .ts, keep one of them, or name it with `--config`'),
  stateDamaged: entry('DEVHOOK_STATE_DAMAGED', 'environment', 'failed', 'something in the state folder cannot be read back', 'no action needed: what is readable is kept, the rest is set aside next to it and may be deleted'),
  outputDropped: entry('DEVHOOK_OUTPUT_DROPPED', 'environment', 'failed', 'nobody read the output for a while, so some of it was dropped', 'read the output faster; `dev-hook events` lists the deliveries of the run'),
  portTaken: entry('DEVHOOK_PORT_TAKEN', 'user', 'failed', 'the gateway port is in use', 'choose another one with `--gateway-port`'),
  orphaned: entry('DEVHOOK_ORPHANED', 'environment', 'failed', 'the package manager that started dev-hook is gone, so the run is ended', 'no action needed: the webhook is put back; start dev-hook without a package manager to keep it running'),
  brokerUnreachable: entry('DEVHOOK_BROKER_UNREACHABLE', 'environment', 'tunnel', 'the broker of the relay cannot be reached', 'start `nats-server`, or check the address and the network'),
  brokerRefused: entry('DEVHOOK_BROKER_REFUSED', 'user', 'credentials', 'the broker refused the credentials, or what they may not do', 'name your own file with `--nats-creds`, and ask whoever runs the relay for a new one if it is refused'),
  brokerUnsafe: entry('DEVHOOK_BROKER_UNSAFE', 'user', 'usage', 'the broker is on another machine, without TLS or without credentials', '`dev-hook relay init` writes a server configuration with TLS, and a credentials file for each person'),
  brokerAway: entry('DEVHOOK_BROKER_AWAY', 'environment', 'failed', 'the connection to the broker broke; deliveries are kept by the journal of the relay', 'no action needed: they go on, in order, once the broker is back'),
  brokerSmall: entry('DEVHOOK_BROKER_SMALL', 'environment', 'failed', 'the broker takes no messages as large as a delivery can be', 'set `max_payload` in its configuration as `dev-hook relay init` does'),
  relayMissing: entry('DEVHOOK_RELAY_MISSING', 'environment', 'tunnel', 'no relay answers at the broker', 'start `dev-hook relay` on the machine that holds the bot'),
  relayRefused: entry('DEVHOOK_RELAY_REFUSED', 'user', 'failed', 'the relay refused what it was asked', 'see `dev-hook relay status` for who is there'),
  onlyInSandbox: entry('DEVHOOK_ONLY_IN_SANDBOX', 'user', 'failed', 'this can be asked of a sandbox only', 'start `dev-hook sandbox`'),
  interrupted: entry('DEVHOOK_INTERRUPTED', 'user', 'failed', 'dev-hook was ended before it was ready', 'no action needed'),
  unexpected: entry('DEVHOOK_UNEXPECTED', 'bug', 'failed', 'there is a bug in dev-hook', 'report it with the stack that `--verbose` prints'),
} as const satisfies Readonly<Record<string, ErrorEntry>>

export type ErrorName = keyof typeof ERRORS

const isErrorName = (name: string): name is ErrorName => Object.hasOwn(ERRORS, name)

/** The name that an error is thrown by, from its code; `unexpected` for a code that there is not. */
export const errorNameOf = (code: string): ErrorName =>
  Object.keys(ERRORS)
    .filter(isErrorName)
    .find((name) => ERRORS[name].code === code) ?? 'unexpected'

/** What a machine has run out of, by the code of its system, and what gives it more: it says so whatever was being done. */
const SYSTEM_REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free disk space',
  EDQUOT: 'free disk space: the quota of your user is used up',
  EMFILE: 'allow more open files, for example with `ulimit -n 4096`, then start again',
  ENFILE: 'end programs that keep many files open: the whole system has no room for more',
}

/** What to do about an error of a kind that has this cause. */
export const remedyFor = (kind: ErrorName, cause: unknown): string =>
  SYSTEM_REMEDIES[codeOf(cause) ?? ''] ?? ERRORS[kind].remedy

/**
 * An error with a stable code, one sentence, one remedy and its cause. `message` never contains a secret. Several sentences, or
 * the rows of a list, are given one by one: a line break in one of them comes from outside, and begins no line of its own.
 */
export class DevHookError extends Error {
  override readonly name = 'DevHookError'
  readonly code: string
  readonly category: Category
  readonly failure: Failure
  readonly remedy: string
  /** The lines of `message`. */
  readonly lines: readonly string[]

  constructor(
    kind: ErrorName,
    message: string | readonly string[],
    details: { cause?: unknown; remedy?: string } = {},
  ) {
    const lines = typeof message === 'string' ? [message] : message
    super(lines.join('\n'), 'cause' in details ? { cause: details.cause } : {})
    this.lines = lines
    const { code, category, failure } = ERRORS[kind]
    this.code = code
    this.category = category
    this.failure = failure
    this.remedy = details.remedy ?? remedyFor(kind, details.cause)
  }

  /** True when this error is of one of these kinds. */
  is(...kinds: readonly ErrorName[]): boolean {
    return kinds.some((kind) => ERRORS[kind].code === this.code)
  }
}

/** What was thrown, as a `DevHookError`: itself, or a `bug` that carries it. */
export function asDevHookError(thrown: unknown): DevHookError {
  if (thrown instanceof DevHookError) return thrown
  return new DevHookError('unexpected', messageOf(thrown), { cause: thrown })
}

/** The message of whatever was thrown. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

/** The `code` of a Node error (`ENOENT`), or `undefined`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
