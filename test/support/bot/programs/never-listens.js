// A bot that never listens.
process.stdout.write(`pid ${process.pid}\n`)
setInterval(() => {}, 60_000)
