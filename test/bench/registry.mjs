// A registry on loopback that has the packed dev-hook, and sends whoever asks for something else to the usual one.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

/**
 * Serves a tarball as npm's registry would once it is published: npm reads the metadata, where it unpacks a tarball by its path four times.
 * `packed` is what `npm pack --json` says of it, `manifest` its package.json, `upstream` the address of the usual registry.
 */
export async function startRegistry({ path, packed, manifest, upstream }) {
  const tarball = await readFile(path)
  const server = createServer(({ url, headers }, reply) => {
    if (url === `/${packed.filename}`) return reply.end(tarball)
    if (url !== `/${packed.name}`) return reply.writeHead(307, { location: new URL(url.slice(1), upstream).href }).end()
    const { name, version, integrity, shasum, filename } = packed
    const dist = { integrity, shasum, tarball: `http://${headers.host}/${filename}` }
    const versions = { [version]: { ...manifest, dist } }
    reply.setHeader('content-type', 'application/json')
    reply.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
