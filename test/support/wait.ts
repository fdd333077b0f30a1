// Waiting for what a test expects to happen.

/** Resolves once a condition holds; the timeout of the test is its limit. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
