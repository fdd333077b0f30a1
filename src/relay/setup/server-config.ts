// The configuration of a nats-server for a relay: TLS, who there is, and what each of them may do.
import { MAX_MESSAGE_BYTES } from '../wire/envelope.ts'
import { inboxOf } from '../wire/subjects.ts'

/** Somebody the server knows, by their public key. */
export interface ServerUser {
  readonly name: string
  readonly publicKey: string
}

export interface ServerSetup {
  /** Whether other machines may connect. */
  readonly isPublic: boolean
  readonly port: number
  readonly relay: ServerUser
  readonly developers: readonly ServerUser[]
  /** Paths, as the server opens them. */
  readonly certificate: string
  readonly key: string
  readonly store: string
}

const quoted = (text: string): string => JSON.stringify(text)

/** The text of the configuration. It is understood by nats-server 2.9 and newer. */
export function serverConfig(setup: ServerSetup): string {
  const { isPublic, port, relay, developers, certificate, key, store } = setup
  return `# nats-server for \`dev-hook relay\`, written by \`dev-hook relay init\`, which keeps the keys when it is run again.
# Start it with: nats-server -c server.conf

listen: ${quoted(`${isPublic ? '0.0.0.0' : '127.0.0.1'}:${port}`)}

# The largest delivery, with its headers, is one message.
max_payload: ${MAX_MESSAGE_BYTES}

jetstream {
  store_dir: ${quoted(store)}
  # From 2.10 on: what the broker has said it keeps, it has on disk. Without it, it syncs every two minutes.
  # sync_interval: always
}

tls {
  cert_file: ${quoted(certificate)}
  key_file: ${quoted(key)}
}

accounts {
  DEV_HOOK {
    jetstream: enabled
    users: [
      # ${relay.name}: everything in this account
      { nkey: ${relay.publicKey} }
${developers.map(developerLines).join('\n')}
    ]
  }
}
`
}

/** A developer hears what is sent to them, answers that, and says that they are there. Nothing of JetStream. */
const developerLines = ({ name, publicKey }: ServerUser): string => `      # ${name}
      {
        nkey: ${publicKey}
        permissions: {
          publish: { allow: [${quoted(`dh.*.presence.${name}`)}, "dh.*.control"] }
          subscribe: { allow: [${quoted(`dh.*.to.${name}`)}, ${quoted(`${inboxOf(name)}.>`)}] }
          allow_responses: { max: 1, expires: "5m" }
        }
      }`
