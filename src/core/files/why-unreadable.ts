// Why a file that somebody has named cannot be read, in words rather than those of the system.
import { codeOf, messageOf } from '../errors.ts'

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'you have no permission to read it',
  EPERM: 'you have no permission to read it',
}

/** The reason, as the end of a sentence. */
export const whyUnreadable = (error: unknown): string => WHY[codeOf(error) ?? ''] ?? messageOf(error)
