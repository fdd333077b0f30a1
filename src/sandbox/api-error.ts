// A refusal of the emulated API: a status and a sentence.

/** A refusal that routes throw; it is answered as `{"error":{"message"}}` with its status. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
