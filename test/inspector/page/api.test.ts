import { describe, expect, it } from 'vitest'
import { methodOf } from '../../../src/inspector/operations/paths.ts'
import { OPERATION_NAMES } from '../../../src/inspector/operations/table.ts'
import { READING } from '../../../src/inspector/page/model/api.ts'

describe('The page', () => {
  it('asks with GET exactly for what the run has as such', () => {
    expect([...READING].toSorted()).toEqual(OPERATION_NAMES.filter((name) => methodOf(name) === 'GET').toSorted())
  })
})
