// A real nats-server whose users are known by JWTs that an operator's account has signed, and the credentials files of such users.
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys'
import { folderForTest } from '../folder.ts'
import { type NatsServer, natsServer } from './nats-server.ts'

/** What a user may do: patterns of subjects. `null`: everything. */
export interface UserRights {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

export interface JwtServer extends NatsServer {
  /** Writes the credentials file of a new user, as the tools of NATS do; `lastsS` seconds long, if not for ever. Gives its path. */
  user(name: string, rights: UserRights | null, lastsS?: number): Promise<string>
}

const UNLIMITED = { subs: -1, data: -1, payload: -1 }
const ACCOUNT_LIMITS = { ...UNLIMITED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 }
const JETSTREAM_LIMITS = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 }

/** Starts a server with one account that may use JetStream. It ends with the test. */
export async function jwtServer(): Promise<JwtServer> {
  const [operator, system, account] = [createOperator(), createAccount(), createAccount()]
  const accountJwt = (subject: KeyPair, limits: object): string =>
    signed(operator, subject, 'account', { limits: { ...ACCOUNT_LIMITS, ...limits } })
  const server = await natsServer(
    [
      'max_payload: 11MB',
      `operator: ${signed(operator, operator, 'operator', {})}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      'resolver_preload: {',
      `  ${system.getPublicKey()}: ${accountJwt(system, {})}`,
      `  ${account.getPublicKey()}: ${accountJwt(account, JETSTREAM_LIMITS)}`,
      '}',
    ].join('\n'),
  )
  const folder = await folderForTest()
  return {
    ...server,
    user: async (name, rights, lastsS) => {
      const user = createUser()
      const permissions = rights === null ? {} : permissionsOf(rights)
      const jwt = signed(account, user, 'user', { ...UNLIMITED, ...permissions }, lastsS)
      const file = join(folder, `${name}.creds`)
      await writeFile(file, credentials(jwt, Buffer.from(user.getSeed()).toString()))
      return file
    },
  }
}

const permissionsOf = ({ publish, subscribe }: UserRights): object => ({
  pub: { allow: publish },
  sub: { allow: subscribe },
  resp: { max: 1, ttl: 300_000_000_000 },
})

/** A JWT of NATS: who is meant, and what they may, in the name of whoever signs it. */
function signed(by: KeyPair, subject: KeyPair, type: string, what: object, lastsS?: number): string {
  const now = Math.floor(Date.now() / 1_000)
  const claims = {
    jti: randomUUID(),
    iat: now,
    ...(lastsS !== undefined && { exp: now + lastsS }),
    iss: by.getPublicKey(),
    sub: subject.getPublicKey(),
    nats: { ...what, type, version: 2 },
  }
  const text = [{ typ: 'JWT', alg: 'ed25519-nkey' }, claims].map((part) => base64url(JSON.stringify(part))).join('.')
  return `${text}.${base64url(by.sign(Buffer.from(text)))}`
}

const base64url = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url')

/** As `nsc generate creds` writes it. */
const credentials = (jwt: string, seed: string): string => `-----BEGIN NATS USER JWT-----
${jwt}
------END NATS USER JWT------

************************* IMPORTANT *************************
NKEY Seed printed below can be used to sign and prove identity.
NKEYs are sensitive and should be treated as secrets.

-----BEGIN USER NKEY SEED-----
${seed}
------END USER NKEY SEED------

*************************************************************
`
