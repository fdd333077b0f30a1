// What `dev-hook doctor` finds, as data for a coding agent.
import { CHECKS } from '../../doctor/doctor.ts'
import { examine } from '../../doctor/examine.ts'
import { createFacts } from '../../doctor/facts.ts'
import type { Call } from '../command-line/command.ts'
import { prepareCommand } from '../open-command.ts'
import { checkAsData } from '../output/check-lines.ts'

/** Examines what a run needs, and the tunnel if asked. Changes nothing. */
export async function examineFor(call: Pick<Call, 'options' | 'io'>, tunnel: boolean): Promise<unknown> {
  const { env, platform } = call.io
  const facts = createFacts({ ...prepareCommand(call), env, platform, nodeVersion: process.version, offline: !tunnel })
  const checks: unknown[] = []
  try {
    await examine(CHECKS, {
      facts,
      waiting: () => undefined,
      found: (name, finding) => checks.push(checkAsData(name, finding, facts.redactor.redact)),
    })
  } finally {
    await facts.close()
  }
  return { checks }
}
