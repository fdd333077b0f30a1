// A bot that listens on PORT, ignores SIGTERM.
import { createServer } from 'node:http'

process.on('SIGTERM', () => process.stdout.write('no\n'))
createServer((_, response) => response.end()).listen(Number(process.env.PORT))
process.stdout.write(`pid ${process.pid}\n`)
