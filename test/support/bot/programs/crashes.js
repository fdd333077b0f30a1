// A bot that says 25 lines and crashes at its start.
process.stdout.write(`pid ${process.pid}\n`)
for (let i = 1; i <= 25; i++) process.stderr.write(`line ${i}\n`)
process.exitCode = 3
