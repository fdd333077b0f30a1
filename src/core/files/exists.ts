// Whether something is at a path, and what it is.
import type { Stats } from 'node:fs'
import { access, stat } from 'node:fs/promises'

/** Whether anything is at a path that may be looked at. Never rejects. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Whether a regular file is at a path, or at the end of a link. Never rejects. */
export const isFile = (path: string): Promise<boolean> => isOfKind(path, (stats) => stats.isFile())

/** Whether a folder is at a path, or at the end of a link. Never rejects. */
export const isFolder = (path: string): Promise<boolean> => isOfKind(path, (stats) => stats.isDirectory())

const isOfKind = (path: string, is: (stats: Stats) => boolean): Promise<boolean> => stat(path).then(is, () => false)
