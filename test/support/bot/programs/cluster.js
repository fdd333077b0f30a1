// A bot whose worker answers on a socket that the primary process has opened for it.
import cluster from 'node:cluster'
import { createServer } from 'node:http'

if (cluster.isPrimary) cluster.fork()
else createServer((_, response) => response.end()).listen(Number(process.env.PORT))
process.stdout.write(`pid ${process.pid}\n`)
