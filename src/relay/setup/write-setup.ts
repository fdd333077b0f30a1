// The files of a broker for a relay: its configuration, its certificate, and one credentials file for each person.
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { createUser, fromSeed } from '@nats-io/nkeys'
import { generate } from 'selfsigned'
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'
import { makePrivateFolder, writePrivateFile } from '../../core/files/private-file.ts'
import { credentialsText, readCredentials } from '../broker/credentials.ts'
import { developerName, RELAY_NAME } from '../wire/subjects.ts'
import { type ServerUser, serverConfig } from './server-config.ts'

export interface SetupRequest {
  readonly folder: string
  readonly developers: readonly string[]
  /** The name, or address, by which other machines reach the broker; `null` for this machine alone. */
  readonly host: string | null
  readonly port: number
}

/** What was written, as paths. */
export interface WrittenSetup {
  readonly config: string
  readonly relay: string
  readonly developers: readonly { readonly name: string; readonly file: string; readonly isNew: boolean }[]
}

const LOCAL = '127.0.0.1'
const HOST_NAME = /^[a-z0-9.-]+$/i

/**
 * Writes them; whoever has a file there already keeps their key, and a certificate that is there stays. Throws `usage` for a name that
 * cannot be one, a certificate that is not for the host, and a credentials file of somebody else; and `stateUnwritable`.
 */
export async function writeSetup({ folder, developers, host, port }: SetupRequest): Promise<WrittenSetup> {
  const names = [...new Set(developers.map(developerName))]
  if (host !== null && isIP(host) === 0 && !HOST_NAME.test(host))
    throw new DevHookError('usage', `\`${host}\` is not the name of a host`, {
      remedy: 'write it without a port: `--host nats.example.com`',
    })
  const path = (name: string): string => resolve(join(folder, name))
  try {
    await makePrivateFolder(folder)
    const certificate = await keepCertificate(path('server-cert.pem'), path('server-key.pem'), host)
    const person = async (name: string, at: string): Promise<ServerUser & { file: string; isNew: boolean }> => {
      const file = path(`${name}.creds`)
      const kept = await seedIn(file)
      const seed = kept ?? Buffer.from(createUser().getSeed()).toString()
      const text = credentialsText({ name, url: `tls://${bracketed(at)}:${port}`, seed, ca: certificate })
      await writePrivateFile(file, text)
      return { name, file, isNew: kept === null, publicKey: fromSeed(Buffer.from(seed)).getPublicKey() }
    }
    const relay = await person(RELAY_NAME, LOCAL)
    const people = await Promise.all(names.map((name) => person(name, host ?? LOCAL)))
    const config = path('server.conf')
    const files = { certificate: path('server-cert.pem'), key: path('server-key.pem'), store: path('store') }
    const text = serverConfig({ ...files, isPublic: host !== null, port, relay, developers: people })
    await writePrivateFile(config, text)
    return { config, relay: relay.file, developers: people.map(({ name, file, isNew }) => ({ name, file, isNew })) }
  } catch (cause) {
    if (cause instanceof DevHookError) throw cause
    throw new DevHookError('stateUnwritable', `the files cannot be written: ${messageOf(cause)}`, { cause })
  }
}

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

async function seedIn(file: string): Promise<string | null> {
  if ((await textIn(file)) === null) return null
  const { seed } = await readCredentials(file)
  if (seed !== null) return Buffer.from(seed).toString()
  throw new DevHookError('usage', `${file} was not written by \`dev-hook relay init\``, {
    remedy: 'write the files into another folder: `--out <folder>`',
  })
}

/** The text of a file; `null` where there is none. */
async function textIn(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

const YEARS = 10

/** The certificate of the broker: what is there, else a new one for this machine and `host`, that nobody but the files vouch for. */
async function keepCertificate(file: string, keyFile: string, host: string | null): Promise<string> {
  const kept = await textIn(file)
  if (kept !== null) return checkedFor(host ?? LOCAL, kept, file)
  const notAfterDate = new Date()
  notAfterDate.setFullYear(notAfterDate.getFullYear() + YEARS)
  const hosts = ['localhost', LOCAL, '::1', ...(host === null ? [] : [host])]
  const made = await generate([{ name: 'commonName', value: host ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((each) => (isIP(each) === 0 ? { type: 2, value: each } : { type: 7, ip: each })),
      },
    ],
  })
  await writePrivateFile(keyFile, made.private)
  await writePrivateFile(file, made.cert)
  return made.cert
}

/** A certificate that is for this host. Throws `usage` for another one: whoever connects there would be refused. */
function checkedFor(host: string, pem: string, file: string): string {
  const certificate = new X509Certificate(pem)
  const name = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)
  if (name !== undefined) return pem
  throw new DevHookError('usage', `the certificate ${file} is not for ${host}`, {
    remedy:
      'delete server-cert.pem and server-key.pem there, and everybody gets new credentials files; or pass the host that it is for',
  })
}
