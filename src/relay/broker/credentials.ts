// A credentials file: who somebody is to the broker, and what they trust it by.
import { readFile } from 'node:fs/promises'
import { DevHookError } from '../../core/errors.ts'
import { whyUnreadable } from '../../core/files/why-unreadable.ts'

/** What a credentials file holds; `null` for what it does not. */
export interface Credentials {
  readonly file: string
  /** The developer's name, in a file that `dev-hook relay init` wrote. */
  readonly name: string | null
  /** The broker, likewise. */
  readonly url: string | null
  readonly seed: Uint8Array | null
  /** The whole file, of the kind that has a JWT in it. */
  readonly jwtFile: Uint8Array | null
  /** The certificate that the broker shows, in PEM. */
  readonly ca: string | null
}

/** What stands between the lines that begin and end a block of this name; `null` where there is none. */
function blockIn(text: string, name: string): string | null {
  const begin = `-----BEGIN ${name}-----`
  const at = text.indexOf(begin)
  const end = at === -1 ? -1 : text.indexOf('---', at + begin.length)
  return end === -1 ? null : text.slice(at + begin.length, end).trim() || null
}

function certificateIn(text: string): string | null {
  const body = blockIn(text, 'CERTIFICATE')
  return body === null ? null : `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`
}

/** The text of a credentials file, as `dev-hook relay init` writes it. */
export function credentialsText(of: {
  readonly name: string
  readonly url: string
  readonly seed: string
  readonly ca: string | null
}): string {
  const { name, url, seed, ca } = of
  return [
    `# ${name}'s way to the relay. Whoever has this file is ${name}: keep it out of repositories and chats.`,
    `-----BEGIN DEV-HOOK NAME-----\n${name}\n-----END DEV-HOOK NAME-----`,
    `-----BEGIN DEV-HOOK BROKER-----\n${url}\n-----END DEV-HOOK BROKER-----`,
    `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------`,
    ...(ca === null ? [] : [ca.trim()]),
    '',
  ].join('\n')
}

/** Reads a credentials file. Throws `usage` when it cannot be read, or says nothing of use. */
export async function readCredentials(file: string): Promise<Credentials> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DevHookError('usage', `the credentials file cannot be read: ${whyUnreadable(cause)}`, { cause })
  })
  const seed = blockIn(text, 'USER NKEY SEED') ?? bareSeed(text)
  const jwt = blockIn(text, 'NATS USER JWT') !== null
  if (seed === null) {
    throw new DevHookError('usage', `${file} holds no nkey seed and no NATS credentials`, {
      remedy: 'name a file that `dev-hook relay init` wrote, or a `.creds` file of NATS',
    })
  }
  return {
    file,
    name: blockIn(text, 'DEV-HOOK NAME'),
    url: blockIn(text, 'DEV-HOOK BROKER'),
    seed: jwt ? null : Buffer.from(seed),
    jwtFile: jwt ? Buffer.from(text) : null,
    ca: certificateIn(text),
  }
}

const bareSeed = (text: string): string | null => (/^SU[A-Z2-7]{56}$/.test(text.trim()) ? text.trim() : null)
