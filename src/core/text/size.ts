// Sizes as people read them.

const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** Formats bytes as a person reads them: `512 B`, `1.5 KiB`, `10 MiB`. */
export function formatSize(bytes: number): string {
  let size = bytes
  let power = 0
  while (toOneDecimal(size) >= 1_024 && power < UNITS.length - 1) {
    size /= 1_024
    power += 1
  }
  return `${toOneDecimal(size)} ${UNITS[power]}`
}

const toOneDecimal = (number: number): number => Math.round(number * 10) / 10
