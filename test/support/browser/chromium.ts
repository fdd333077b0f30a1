// Chromium as it is installed on this machine, driven by Playwright.
import { type Browser, chromium } from 'playwright-core'
import { findChromium } from '../../../config/find-chromium.mjs'

/** Starts it without a window, with `more` arguments. Throws when there is none: a page that nobody looked at is not tested. */
export function launchChromium(...more: readonly string[]): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === null)
    throw new Error('no Chromium was found: `node config/test-tools.mjs` installs it where there is apt-get')
  // As root, in containers, the system has no sandbox to run it in; what it opens is ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...more] })
}
