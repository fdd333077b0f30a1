// An editor to test with.
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderForTest } from './folder.ts'

/** Gives the path of an editor that runs a line of shell on the file `$1`. */
export async function editorOf(script: string): Promise<string> {
  const path = join(await folderForTest(), 'editor')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o700)
  return path
}
