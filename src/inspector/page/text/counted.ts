// Numbers of things as the page says them.

/** `1 delivery`, `2 deliveries`. */
export const counted = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`
