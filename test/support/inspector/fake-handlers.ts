// Handlers of operations for tests of the inspector: each is refused unless the test gives its own.
import type { RunHandlers } from '../../../src/inspector/operations/routes.ts'
import type { Handlers, RunOperation, SandboxOperation } from '../../../src/inspector/operations/table.ts'
import type { StreamSource } from '../../../src/inspector/stream.ts'

const unused = (): never => {
  throw new Error('nobody is expected to ask for this')
}

const RUN: Handlers<RunOperation> = {
  status: unused,
  deliveries: unused,
  delivery: unused,
  replay: unused,
  replayConversation: unused,
  replayOnSave: unused,
  checkJson: unused,
  verify: unused,
  output: unused,
  inject: unused,
  trigger: unused,
  templates: unused,
  hold: unused,
  release: unused,
  restart: unused,
  export: unused,
}

/** The handlers of a run, some of which do something; no sandbox unless it is given. */
export const fakeHandlers = (
  run: Partial<Handlers<RunOperation>> = {},
  sandbox: Handlers<SandboxOperation> | null = null,
): RunHandlers => ({ run: { ...RUN, ...run }, sandbox, version: '1.2.3' })

/** Of a run in which nothing happens. */
export const NO_EVENTS: StreamSource = { on: () => () => undefined }
