// Answers of a run that reach its page only when a test lets them: for what somebody does meanwhile.
import type { Page } from 'playwright-core'

/** Keeps the answers to an operation back until they are let go. */
export async function holdAnswers(
  page: Page,
  operation: string,
): Promise<{ readonly held: () => number; letGo(which?: 'last'): void }> {
  const held: (() => void)[] = []
  await page.route(`**/api/${operation}`, async (route) => {
    const response = await route.fetch()
    await new Promise<void>((resolve) => held.push(resolve))
    await route.fulfill({ response }).catch(() => undefined)
  })
  return { held: () => held.length, letGo: (which) => (which === 'last' ? held.pop() : held.shift())?.() }
}
