// Running checks side by side, each within a limit, and reporting their findings in the order of the list.

import { raceTimeout } from '../core/async.ts'
import { formatDuration } from '../core/text/duration.ts'
import type { Facts } from './facts.ts'
import { type Finding, failed, failedWith } from './finding.ts'

export interface Check {
  /** The name in the output, which scripts match: never changed. */
  readonly name: string
  /** Resolves with the finding, or throws what is wrong. */
  readonly run: (facts: Facts, signal: AbortSignal) => Promise<Finding>
  /** How long it may take, in ms, where that is longer than for others. */
  readonly limitMs?: number
}

export interface Examination {
  readonly facts: Facts
  /** How long a check may take that has no limit of its own, in ms; 10 s by default. */
  readonly limitMs?: number
  /** Called with the check that is waited for. */
  readonly waiting: (name: string) => void
  readonly found: (name: string, finding: Finding) => void
}

const LIMIT_MS = 10_000

/** Runs every check; none takes longer than its limit. Never rejects. */
export async function examine(checks: readonly Check[], examination: Examination): Promise<readonly Finding[]> {
  const { facts, limitMs = LIMIT_MS, waiting, found } = examination
  const running = checks.map((check) => ({
    name: check.name,
    finding: runWithin(check.limitMs ?? limitMs, check, facts),
  }))
  const findings: Finding[] = []
  for (const { name, finding } of running) {
    waiting(name)
    const settled = await finding
    findings.push(settled)
    found(name, settled)
  }
  return findings
}

async function runWithin(limitMs: number, { run }: Check, facts: Facts): Promise<Finding> {
  const limit = new AbortController()
  const outcome = await raceTimeout(run(facts, limit.signal).catch(failedWith), limitMs)
  limit.abort()
  if (outcome !== 'late') return outcome.value
  return failed('failed', `no answer within ${formatDuration(limitMs)}`, 'try again; if it stays, check the network')
}
