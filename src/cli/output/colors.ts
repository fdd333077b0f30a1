// Colours on a terminal, and nothing elsewhere.
import { styleText } from 'node:util'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'

export type Colors = Readonly<Record<Style, (text: string) => string>>

/** The styles, or their absence. */
export function colorsFor(color: boolean): Colors {
  const style = (name: Style) => (text: string) => (color ? styleText(name, text, { validateStream: false }) : text)
  return {
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    cyan: style('cyan'),
  }
}
