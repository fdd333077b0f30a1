// Every fact about the platform that the sandbox rests on; the table in CONTRIBUTING is made from it.
import differences from './differences.json' with { type: 'json' }
import type { Fact } from './fact.ts'
import { OTHER_FACTS } from './other-facts.ts'
import { READING_FACTS } from './reading-facts.ts'
import { WRITING_FACTS } from './writing-facts.ts'

/** What the real platform was seen to do otherwise, written by a run of the contract against it. */
export interface Difference {
  readonly says: string
  readonly seen: string
  /** The day on which it was seen. */
  readonly on: string
}

export const FACTS: readonly Fact[] = [...READING_FACTS, ...WRITING_FACTS, ...OTHER_FACTS]

export const DIFFERENCES: readonly Difference[] = differences
