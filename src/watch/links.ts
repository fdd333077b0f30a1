// Links that lead out of what is watched.
import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Warn } from '../core/notices.ts'
import { isWithin } from './is-within.ts'

/** Creates the test of a link to a folder: whether it leads out of all these folders and files. The first one that does is announced. */
export function createLeadsOut(
  root: string,
  watched: readonly string[],
  warn: Warn,
): (link: string) => Promise<boolean> {
  let isAnnounced = false
  return async (link) => {
    const [target, ...places] = await Promise.all([link, ...watched].map(realOf))
    if (target === undefined || target === null) return false
    if (places.some((place) => place !== null && isWithin(target, place))) return false
    if (!isAnnounced)
      warn(
        'linkNotWatched',
        `${relative(root, link)} is a link out of what is watched: saves in ${target} restart nothing`,
      )
    isAnnounced = true
    return true
  }
}

// Gone meanwhile, or a link in a circle.
const realOf = (path: string): Promise<string | null> => realpath(path).catch(() => null)
