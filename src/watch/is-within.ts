// Whether a path is in a folder.
import { isAbsolute, relative, sep } from 'node:path'

/** Whether a path is a folder itself, or something in it; both are absolute. */
export function isWithin(path: string, folder: string): boolean {
  const name = relative(folder, path)
  // A path on another drive of Windows is absolute, whatever it is relative to.
  return name !== '..' && !name.startsWith(`..${sep}`) && !isAbsolute(name)
}
