#!/usr/bin/env node
// The front door: hands argv, environment and streams to a command, and its exit code to the system.
import * as module from 'node:module'

// Compiled code is kept between runs where Node can do that (22.8 and newer): some 40 ms off each start.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function') module.enableCompileCache()

void main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<void> {
  // The debugger of NODE_OPTIONS is meant for the bot, which inherits them; `node --inspect` itself is for whoever looks into dev-hook.
  const forBot = /--inspect/.test(process.env['NODE_OPTIONS'] ?? '')
  if (forBot && !process.execArgv.some((flag) => flag.startsWith('--inspect'))) (await import('node:inspector')).close()

  if (argv[0] === '--version' || argv[0] === '-V') {
    const { version } = await import('../core/instance.ts')
    process.stdout.write(`${version}\n`)
    return
  }
  const { askedHelp, helpOf } = await import('./command-line/help.ts')
  const asked = askedHelp(argv)
  if (asked !== null) {
    // Whoever has read enough closes the pipe.
    process.stdout.on('error', () => undefined).write(`${helpOf(asked, process.stdout)}\n`)
    return
  }
  const { run } = await import('./run.ts')
  const { endProcess } = await import('./end-process.ts')
  // Nothing keeps the loop alive after this by right; a native session or a stuck socket must not do it either.
  await endProcess(await run(argv))
}
