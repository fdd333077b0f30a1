import { describe, expect, it } from 'vitest'
import { OPERATION_NAMES, OPERATIONS } from '../../../src/inspector/operations/table.ts'
import { READING } from '../../../src/inspector/page/model/api.ts'

describe('The page', () => {
  it('asks with GET exactly for what changes nothing', () => {
    expect([...READING].toSorted()).toEqual(OPERATION_NAMES.filter((name) => !OPERATIONS[name].changes).toSorted())
  })
})
