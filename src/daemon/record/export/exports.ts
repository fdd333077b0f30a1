// The forms in which a recorded delivery may be exported.

import { asCurl } from './curl.ts'
import type { Exported } from './exported.ts'
import { asFixture } from './fixture.ts'
import { asHttp } from './http-file.ts'

/** A form writes a request, or throws `usage`, naming another form, where the request would not arrive as it is. */
export const EXPORTS: Readonly<Record<'curl' | 'http' | 'fixture', (exported: Exported) => string>> = {
  curl: asCurl,
  http: asHttp,
  fixture: asFixture,
}

export const isExport = (name: string): name is keyof typeof EXPORTS => Object.hasOwn(EXPORTS, name)
