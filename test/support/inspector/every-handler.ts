// Handlers of all operations, which give the smallest value of their shape and write down what they were asked.
import type { RunHandlers } from '../../../src/inspector/operations/routes.ts'
import {
  type Handlers,
  OPERATION_NAMES,
  OPERATIONS,
  type OperationName,
} from '../../../src/inspector/operations/table.ts'
import { sampleOf } from './samples.ts'

/** What handlers were asked, in order. */
export interface Asked {
  readonly all: (readonly [OperationName, unknown])[]
}

export const asked = (): Asked => ({ all: [] })

/** The handlers of a sandbox. */
export function everyHandler(calls: Asked): RunHandlers {
  const made = OPERATION_NAMES.map((name) => [
    name,
    async (input: unknown) => {
      calls.all.push([name, input])
      const { output } = OPERATIONS[name]
      return output.read(sampleOf(output.schema), name)
    },
  ])
  // Each gives a value of the shape that stands in the row of its name.
  const every = Object.fromEntries(made) as Handlers<OperationName>
  return { run: every, sandbox: every, version: '1.2.3' }
}
