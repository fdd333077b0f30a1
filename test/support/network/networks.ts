// Networks that are not one's own: a company's, where the platform is behind a proxy; a codespace's, which forwards a port.

import { readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { folderForTest } from '../folder.ts'
import { makeCertificate } from '../tunnel/ngrok-edge/certificate.ts'
import type { TestWorld } from '../world.ts'
import { type ConnectProxy, connectProxyForTest } from './connect-proxy.ts'

export interface CorporateNetwork {
  readonly proxy: ConnectProxy
  /** The environment in it, for the command line. */
  readonly env: Readonly<Record<string, string>>
  /** What the proxy was asked to connect to, each once. */
  asked(): string[]
}

const NAME = 'api.example.test'

/** Puts the platform of a world behind a proxy that asks for a password; the bot reaches it as before. */
export async function corporateNetworkFor({ platform, edge, env }: TestWorld): Promise<CorporateNetwork> {
  const { port, cert } = await tlsFrontForTest(NAME, Number(new URL(platform.api).port))
  const proxy = await connectProxyForTest({ leads: { [`${NAME}:443`]: port }, credentials: 'jo:s3cret' })
  const authorities = join(await folderForTest(), 'authorities.pem')
  await writeFile(authorities, `${cert}\n${await readFile(edge.caFile, 'utf8')}`)
  return {
    proxy,
    env: {
      ...env,
      DEV_HOOK_API_HOST: `https://${NAME}`,
      HTTPS_PROXY: proxy.url,
      NODE_EXTRA_CA_CERTS: authorities,
    },
    asked: () => [...new Set(proxy.asked)],
  }
}

/** What a name on the internet is, on loopback: TLS with the name's certificate, and a server behind it. */
export async function tlsFrontForTest(
  name: string,
  behind: number,
): Promise<{ readonly port: number; readonly cert: string }> {
  const { key, cert } = await makeCertificate(name)
  const server = createServer({ key, cert }, (socket) => {
    const upstream = connect(behind, '127.0.0.1')
    // What ends on one side ends on the other.
    socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy())
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, cert }
}

/** A codespace that forwards a port: to everybody, or only to whoever has logged in. */
export async function codespaceForTest(
  port: number,
  isPublic: boolean,
): Promise<{ readonly env: Readonly<Record<string, string>>; readonly url: string }> {
  const name = `octo-cat-${port}.app.github.test`
  const front = await tlsFrontForTest(name, isPublic ? port : await loginPageForTest())
  const proxy = await connectProxyForTest({ leads: { [`${name}:443`]: front.port } })
  const authority = join(await folderForTest(), 'authority.pem')
  await writeFile(authority, front.cert)
  const env = {
    CODESPACE_NAME: 'octo-cat',
    GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'app.github.test',
    // The name is known to nobody else.
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: authority,
  }
  return { env, url: `https://${name}` }
}

async function loginPageForTest(): Promise<number> {
  const server = createHttpServer((_, response) =>
    response.writeHead(302, { location: 'https://github.test/login' }).end(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}
