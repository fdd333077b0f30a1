// What was recorded, played in a sandbox.
import { relative, resolve } from 'node:path'
import { DevHookError } from '../core/errors.ts'
import { whyUnreadable } from '../core/files/why-unreadable.ts'
import { scriptOfFixture } from '../protocol/script/from-fixture.ts'
import type { Script } from '../protocol/script/script.ts'
import { playScript } from '../sandbox/play/play.ts'
import { readScriptFile, scriptFiles } from '../sandbox/play/script-files.ts'
import type { Kit } from './kit.ts'
import type { Fixture, Playback } from './types/types.ts'

/** Plays a fixture, a file, or all files of a folder. Throws `fixtureInvalid` for anything else. */
export async function play(kit: Kit, fixture: Fixture | string): Promise<Playback> {
  const scripts = typeof fixture === 'string' ? await readScripts(fixture) : [{ file: null, script: ofObject(fixture) }]
  const played: Playback[] = []
  for (const { file, script } of scripts) {
    const { differences, transcript } = await playScript(kit.platform, script, { timeoutMs: kit.patienceMs })
    const isAlone = scripts.length === 1 || file === null
    const named = isAlone ? differences : differences.map((one) => ({ ...one, what: `${one.what} of ${file}` }))
    played.push({ differences: named, transcript })
  }
  return {
    differences: played.flatMap(({ differences }) => differences),
    transcript: played.map(({ transcript }) => transcript).join('\n\n'),
  }
}

interface NamedFile {
  readonly file: string | null
  readonly script: Script
}

function ofObject(fixture: Fixture): Script {
  if (typeof fixture === 'object' && fixture !== null && fixture.version === 1 && Array.isArray(fixture.steps)) {
    return scriptOfFixture(fixture)
  }
  throw new DevHookError('fixtureInvalid', 'what is to be played is not a fixture of version 1', {
    remedy: 'give what `record()` returns, or the path of a file or folder',
  })
}

async function readScripts(given: string): Promise<readonly NamedFile[]> {
  const files = await scriptFiles(resolve(given)).catch((cause: unknown) => {
    throw new DevHookError('fixtureInvalid', `${given} cannot be read: ${whyUnreadable(cause)}`, { cause })
  })
  if (files.length === 0) {
    throw new DevHookError('fixtureInvalid', `${given} is a folder without files`, {
      remedy: 'write one with `dev-hook events export <conversation> --as transcript`',
    })
  }
  return Promise.all(
    files.map(async (path) => {
      const file = relative('.', path) || path
      return { file, script: await readScriptFile(path, file) }
    }),
  )
}
