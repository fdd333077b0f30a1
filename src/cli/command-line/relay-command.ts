// The row of the command that holds a bot for a team.
import { OPTION_KEYS, optionOf } from '../../config/options.ts'
import type { CommandSpec } from './command.ts'

export const RELAY_COMMAND: CommandSpec = {
  name: 'relay',
  aliases: [],
  description:
    'Hold a bot for a team: tunnel, webhook and secret stay here, and each delivery goes to one of the developers, over NATS JetStream.',
  usage: '[init <developer…> | status | assign <conversation> <developer>] [options]',
  takesCommand: false,
  words: ['[init|status|assign]', '[words...]'],
  options: OPTION_KEYS.filter((key) => optionOf(key).group !== 'Bot' && key !== 'only'),
  own: [
    {
      flags: '--nats <url>',
      says: 'the broker: `nats://host:4222` (default: that of --nats-creds, else nats://127.0.0.1:4222)',
    },
    {
      flags: '--default <who>',
      says: 'who gets what no developer wants: the name of a developer, the URL of a shared bot, which gets it as it came, or hold, until somebody comes who wants it (default: hold)',
    },
    {
      flags: '--grace <time>',
      says: 'how long deliveries wait for a developer who has vanished before they go to the default (default: 1m)',
    },
    {
      flags: '--host <name>',
      says: 'for `init`: the name by which other machines reach the broker (default: this machine alone)',
    },
    { flags: '--new', says: 'for `assign`: the developer may be one who has never joined' },
    { flags: '--out <folder>', says: 'for `init`: where the files go, or already are (default: relay)' },
  ],
  examples: [
    [
      'dev-hook relay init anna bert --host relay.example.com',
      'a broker for other machines: configuration, TLS, credentials',
    ],
    ['dev-hook relay --nats-creds relay/relay.creds', 'with that broker'],
    ['dev-hook relay', 'with `nats-server -js` on the same machine'],
    [
      'dev-hook --relay nats://127.0.0.1:4222 -- node bot.js',
      'a developer on that machine, under the name of the user',
    ],
    ['dev-hook relay --default anna', 'what no `--only` matches goes to anna'],
    ['dev-hook relay status', 'who is there, and what waits'],
    [
      'dev-hook relay assign 5c1a9e bert',
      'this conversation is bert’s from now on; the beginning or the end of its id is enough',
    ],
  ],
  load: async () => (await import('../commands/relay.ts')).relay,
}
