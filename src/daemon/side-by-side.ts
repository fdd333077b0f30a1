// Steps of the start that do not depend on each other.

/**
 * Waits for all. When one fails, `cancel` ends the others, and they are waited for as well: what they acquired meanwhile is then
 * registered for release. Rejects with the first failure.
 */
export async function sideBySide<T extends readonly unknown[]>(
  cancel: () => void,
  ...steps: { [K in keyof T]: Promise<T[K]> }
): Promise<T> {
  try {
    return await Promise.all(steps)
  } catch (error) {
    cancel()
    await Promise.allSettled(steps)
    throw error
  }
}
