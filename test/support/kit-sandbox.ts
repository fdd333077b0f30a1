// Sandboxes of the kit for tests, closed after each test.
import { onTestFinished } from 'vitest'
import { createSandbox } from '../../src/kit/index.ts'

type Options = NonNullable<Parameters<typeof createSandbox>[0]>
export type KitSandbox = Awaited<ReturnType<typeof createSandbox>>

/** Opens one that is closed when the test ends. */
export async function kitForTest(options: Options = {}): Promise<KitSandbox> {
  const sandbox = await createSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}
