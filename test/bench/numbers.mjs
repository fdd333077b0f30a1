// Figures for people: medians, ratios, and tables that line up.

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value below which this share of a sorted list lies. */
export const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

export const round = (value, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345` */
export const count = (value) => whole.format(value)

/** `1.52` */
export const ratio = (value) => value.toFixed(2)

/** `0.88 (0.85–0.91)`: the median of the ratios of pairs, and between what the middle half of them lies. */
export function pairedRatio(values, others) {
  const ratios = values.map((value, i) => value / others[i]).sort((a, b) => a - b)
  return `${ratio(median(ratios))} (${ratio(quantile(ratios, 0.25))}–${ratio(quantile(ratios, 0.75))})`
}

/** A table in Markdown, lined up: the first column to the left and the others to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, i) => Math.max(3, ...all.map((row) => row[i].length)))
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  const [first, ...rest] = all.map(line)
  return [first, rule, ...rest].join('\n')
}
