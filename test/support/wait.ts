// Waiting for what a test expects to happen.
import { expect } from 'vitest'

/** Resolves once a condition holds; the timeout of the test is its limit. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** An assertion that is tried until it holds; patient, because the machine may be busy. */
export const expectEventually = <T>(value: () => T): ReturnType<typeof expect.poll<T>> =>
  expect.poll(value, { timeout: 20_000 })
