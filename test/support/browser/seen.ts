// What is seen on the page of a run, and what axe has against it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong, with the elements. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  const found = await page.evaluate(`${AXE}; axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 200))))`)
  return Array.isArray(found) ? found.map(String) : ['axe did not run']
}

export const rows = (page: Page) => page.getByRole('option')

export const delivery = (page: Page) => page.getByRole('region', { name: 'Delivery', exact: true })

export const said = (page: Page) => page.getByRole('status')

/** Waits until an element with this text is there. */
export const sees = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor()
