import { expect, it } from 'vitest'
import { createNotices } from '../../src/core/notices.ts'

it('A notice says first of what type it is and when it was announced, whatever order its fields were given in', () => {
  const heard: string[] = []
  let now = 1_800_000_000_000
  const { emit, on } = createNotices(() => now)
  on((notice) => heard.push(JSON.stringify(notice)))
  emit({ id: 'a', ms: 5, type: 'released' })
  emit({ type: 'released', id: 'b', ms: 6 })
  now += 1
  emit({ type: 'released', id: 'c', ms: 7 })
  expect(heard).toEqual([
    '{"type":"released","time":"2027-01-15T08:00:00.000Z","id":"a","ms":5}',
    '{"type":"released","time":"2027-01-15T08:00:00.000Z","id":"b","ms":6}',
    '{"type":"released","time":"2027-01-15T08:00:00.001Z","id":"c","ms":7}',
  ])
})
