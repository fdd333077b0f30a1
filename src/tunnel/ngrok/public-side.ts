// What ngrok's public servers add to HTTP.
import type { PublicSide } from '../public-sides.ts'

export const NGROK_PUBLIC_SIDE: PublicSide = {
  // Without it the free plan may show a warning page to what it takes for a browser.
  requestHeaders: { 'ngrok-skip-browser-warning': '1' },
  errorHeader: 'ngrok-error-code',
}
