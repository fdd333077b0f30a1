// The marks in a shared file by which it is read back: its version, its checksum, its size, and where its data is.
import { createHash } from 'node:crypto'
import { asHtml, type Html } from './html-text.ts'

/** The version of the form in which a conversation is in a shared file. */
export const SHARED_VERSION = 1

/** The largest file: no mail takes a larger one, and no browser shows it. */
export const MAX_SHARED_BYTES = 32 * 1024 * 1024

/** Where the conversation stands in the file, for programs: text that no browser takes for markup, or runs. */
export const DATA_START = '<script type="application/json" id="dev-hook-fixture">'
export const DATA_END = '</script>'

const UNKNOWN = '0'.repeat(64)
/** It stands in the head of the file, where no text of the conversation does. */
const MARK = /<meta name="dev-hook-conversation" content="(\d{1,9}) sha256:([0-9a-f]{64})">/

/** What a file has in its head before its checksum is known. */
export const checksumMark: Html = asHtml(
  `<meta name="dev-hook-conversation" content="${SHARED_VERSION} sha256:${UNKNOWN}">`,
)

/** The same file with its checksum. */
export const withChecksum = (file: string): string => file.replace(UNKNOWN, checksum(file))

/** What the head of a file says; `null` when dev-hook has not written it. */
export function readChecksum(file: string): { readonly version: number; readonly isRight: boolean } | null {
  const [, version, stated = ''] = MARK.exec(file.slice(0, HEAD_LENGTH)) ?? []
  if (version === undefined) return null
  return { version: Number(version), isRight: checksum(file.replace(stated, UNKNOWN)) === stated }
}

/** The mark stands among the first lines. */
const HEAD_LENGTH = 4_000

/** It is there for changes that happen: it keeps nobody from writing a file of their own. */
const checksum = (file: string): string => createHash('sha256').update(file.trim()).digest('hex')
